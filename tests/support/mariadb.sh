#!/usr/bin/env bash
# A private MariaDB for tests: its own data in its own folder, reached through a socket in that folder and through
# nothing else, so that it meets no other server on the machine. It belongs to whoever started it and ends with `stop`.
#
#   tests/support/mariadb.sh start DIR   makes the server in DIR (new or empty) and prints a connection string of SOCI's
#   tests/support/mariadb.sh stop DIR    stops it and removes DIR
#
# The connection string is of a user with all rights, who needs no password, on the database `test`; tests create
# databases of their own.
set -euo pipefail

say() { printf 'mariadb.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

[[ $# == 2 && ($1 == start || $1 == stop) ]] || fail "usage: mariadb.sh start|stop DIR"
command=$1
mkdir -p -- "$2"
folder=$(cd -- "$2" && pwd)
server=$(command -v mariadbd || echo /usr/sbin/mariadbd)
[[ -x $server ]] || fail "MariaDB's server is not installed (Debian package mariadb-server)"

# Not as root, whatever calls this; nobody else's files are in reach then.
user=$([[ $(id -u) == 0 ]] && echo mysql || id -un)
as_user() {
  if [[ $(id -u) == 0 ]]; then
    (cd "$folder" && TMPDIR=$folder exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@")
  else
    (cd "$folder" && TMPDIR=$folder exec "$@")
  fi
}

stop() {
  local pid
  if [[ -s $folder/server.pid ]] && pid=$(<"$folder/server.pid"); then
    kill -9 "$pid" 2>/dev/null || true
    for _ in {1..100}; do [[ -e /proc/$pid ]] || break; sleep 0.05; done
  fi
  rm -rf -- "$folder"
}

if [[ $command == stop ]]; then
  stop
  exit 0
fi

# A socket's path has at most 107 bytes, its name included.
((${#folder} <= 85)) || fail "the folder's path is too long for a socket: $folder"
[[ -z $(ls -A -- "$folder") ]] || fail "the folder is not empty: $folder"
if [[ $(id -u) == 0 ]]; then chown "$user:" "$folder"; fi
chmod 0711 "$folder"

as_user mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal \
  --skip-test-db >"$folder/install.log" 2>&1 </dev/null || { cat "$folder/install.log" >&2; fail "mariadb-install-db failed"; }

# Tests need no database that outlives a power loss: every test that kills kills the gateway.
as_user "$server" --no-defaults --datadir="$folder/data" --socket="$folder/socket" --pid-file="$folder/server.pid" \
  --skip-networking --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci --max-connections=300 \
  --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-file-per-table=0 --sync-frm=0 \
  --innodb-buffer-pool-size=256M --innodb-log-file-size=128M --performance-schema=OFF --skip-log-bin \
  --log-error="$folder/server.log" </dev/null >/dev/null 2>&1 &

client=(mariadb --no-defaults --user=root --socket="$folder/socket")
for ((i = 0; ; ++i)); do
  if [[ -s $folder/server.pid ]] && "${client[@]}" -e 'SELECT 1' >/dev/null 2>&1; then break; fi
  if ((i == 600)); then
    cat "$folder/server.log" >&2 || true
    stop
    fail "the server did not start"
  fi
  sleep 0.1
done
"${client[@]}" -e "CREATE DATABASE test; CREATE USER causeway@localhost; GRANT ALL ON *.* TO causeway@localhost WITH GRANT OPTION"
echo "unix_socket=$folder/socket user=causeway db=test"
