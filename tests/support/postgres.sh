#!/usr/bin/env bash
# A private PostgreSQL for tests: its own cluster in its own folder, reached through a socket in that folder and through
# nothing else, so that it meets no other server on the machine. It belongs to whoever started it and ends with `stop`.
#
#   tests/support/postgres.sh start DIR   makes the cluster in DIR (new or empty) and prints a libpq connection string
#   tests/support/postgres.sh restart DIR as if its machine had failed: every session is gone, and it recovers from its log
#   tests/support/postgres.sh stop DIR    stops it and removes DIR
#
# The connection string is of a superuser on the maintenance database; tests create databases of their own. With
# CAUSEWAY_POSTGRES_DURABLE set, commits are as durable as by default.
set -euo pipefail

say() { printf 'postgres.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

[[ $# == 2 && $1 =~ ^(start|restart|stop)$ ]] || fail "usage: postgres.sh start|restart|stop DIR"
command=$1
mkdir -p -- "$2"
folder=$(cd -- "$2" && pwd)

programs=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[[ -x $programs/initdb ]] || fail "PostgreSQL's server programs are not installed (Debian package postgresql-15)"

# PostgreSQL refuses to run as root.
as_postgres() {
  if [[ $(id -u) == 0 ]]; then
    (cd "$folder" && runuser -u postgres -- "$@")
  else
    (cd "$folder" && "$@")
  fi
}

stop() {
  if [[ -f $folder/data/postmaster.pid ]]; then
    as_postgres "$programs/pg_ctl" -D "$folder/data" -m immediate -s stop || say "the server in $folder did not stop"
  fi
  rm -rf -- "$folder"
}

if [[ $command == stop ]]; then
  stop
  exit 0
fi

if [[ $command == restart ]]; then
  as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -m immediate -w -t 60 -s restart </dev/null >/dev/null 2>&1 ||
    { cat "$folder/server.log" >&2 || true; fail "the server did not start again"; }
  exit 0
fi

# A socket's path has at most 107 bytes, its name included.
((${#folder} <= 85)) || fail "the folder's path is too long for a socket: $folder"
[[ -z $(ls -A -- "$folder") ]] || fail "the folder is not empty: $folder"
if [[ $(id -u) == 0 ]]; then chown postgres: "$folder"; fi
# Others reach the socket only through this folder.
chmod 0700 "$folder"

user=$([[ $(id -u) == 0 ]] && echo postgres || id -un)
as_postgres "$programs/initdb" -D "$folder/data" -U "$user" -A trust -E UTF8 --locale=C.UTF-8 -N \
  >"$folder/initdb.log" 2>&1 </dev/null || { cat "$folder/initdb.log" >&2; fail "initdb failed"; }

cat >>"$folder/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 300
shared_buffers = 256MB
max_wal_size = 2GB
autovacuum_naptime = 10s
log_min_messages = warning
SETTINGS
# Tests need no database that outlives a power loss: every test that kills kills the gateway. Benchmarks do.
if [[ -z ${CAUSEWAY_POSTGRES_DURABLE:-} ]]; then
  printf '%s\n' 'fsync = off' 'full_page_writes = off' >>"$folder/data/postgresql.conf"
fi

as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 -s start </dev/null >/dev/null 2>&1 ||
  { cat "$folder/server.log" >&2 || true; stop; fail "the server did not start"; }
echo "host=$folder user=$user dbname=postgres"
