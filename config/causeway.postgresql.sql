-- The roles and databases of causeway.postgresql.yaml. Run once, by psql as a superuser:
--
--   psql -f causeway.postgresql.sql                    other names: -v gateway=... -v owner=... -v pluto=... -v cuba=...
--
-- `causeway_owner` owns the databases and makes their tables; `causeway` is whom the gateway connects as, and may do what
-- serving needs and nothing else. Give each a password (\password causeway), then as the owner, database by database:
--
--   causeway check --ddl                the tables and views, by store
--   causeway check --grants causeway    what the role `causeway` may do with them, by store
--
-- and the same again whenever plugins, record kinds or copy routes change.
\set ON_ERROR_STOP on
\if :{?owner} \else \set owner causeway_owner \endif
\if :{?gateway} \else \set gateway causeway \endif
\if :{?pluto} \else \set pluto pluto \endif
\if :{?cuba} \else \set cuba cuba \endif

CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE :"gateway" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

-- What Cuba cannot hold never gets there: site, its encoding is that of `charset`.
CREATE DATABASE :"pluto" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8';
CREATE DATABASE :"cuba" OWNER :"owner" TEMPLATE template0 ENCODING 'WIN1252' LC_COLLATE 'C' LC_CTYPE 'C';

REVOKE ALL ON DATABASE :"pluto", :"cuba" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"pluto", :"cuba" TO :"gateway";

\connect :pluto
REVOKE ALL ON SCHEMA public FROM PUBLIC;
\connect :cuba
REVOKE ALL ON SCHEMA public FROM PUBLIC;
