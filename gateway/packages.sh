# The Debian 12 packages that Causeway is built and tested with, and how they get onto a machine. Sourced by gateway/run
# and tests/run, so that the lists stand in one place.

# What it takes to build the gateway and to run it.
gateway_packages=(
  ccache clang-19 cmake curl lld-19 ninja-build
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libcli11-dev libicu-dev libjemalloc-dev libmariadb-dev libpq-dev libsoci-dev libspdlog-dev libsqlite3-dev libssl-dev libyaml-cpp-dev
  prometheus-cpp-dev unixodbc-dev
)

# And what it takes to test it. g++ builds a plugin that is loaded into the clang-built gateway; dpkg-dev, file and lintian
# make and judge Debian packages.
test_packages=(
  clang-format clang-tidy-19 dpkg-dev file g++ git lintian libboost-context1.81-dev libclang-rt-19-dev libgmock-dev libgtest-dev llvm-19
  mariadb-server odbc-mariadb odbc-postgresql postgresql-15 python3 python3-jsonschema python3-psycopg2 python3-pymysql
)

# And what it takes to measure it.
bench_packages=(libbenchmark-dev nginx-light valgrind wrk)

# What was compiled in one clone serves the next, wherever it stands.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() {
  if [[ -t 2 ]]; then printf '\033[1m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}
fail() { printf '\n%s: %s\n' "$0" "$*" >&2; exit 1; }

# install_missing PACKAGE...: asks for root only when something is missing, by the name of sudo.
install_missing() {
  local installed missing=() package as_root=() log
  command -v dpkg-query >/dev/null || fail "this is not a Debian system (there is no dpkg-query): install by hand: $*"
  installed=$(dpkg-query -W -f '${Package}=${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for package; do
    [[ $'\n'$installed$'\n' == *$'\n'"$package=installed"$'\n'* ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fail "these packages are missing; as root: apt-get install ${missing[*]}"
    say "sudo is asked to install: ${missing[*]}"
    as_root=(sudo)
  else
    say "installing: ${missing[*]}"
  fi
  log=$(mktemp)
  "${as_root[@]}" apt-get -q update >"$log" 2>&1 </dev/null || { cat "$log" >&2; fail "apt-get update failed (see above)"; }
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}" \
    >"$log" 2>&1 </dev/null || { tail -40 "$log" >&2; fail "apt-get install failed (see above; this needs Debian 12's own packages)"; }
  rm -f "$log"
}

# configure PRESET [CMAKE-ARGUMENT...]: quiet unless it fails. Cheap when nothing has changed.
configure() {
  local preset=$1 log=build/$1.configure.log
  shift
  mkdir -p build
  cmake --preset "$preset" "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; fail "configuring build/$preset failed (see above)"; }
}

# build PRESET TARGET...: with ninja's own line of progress, on standard error; its whole output when it fails.
build() {
  local preset=$1
  shift
  ninja -C "build/$preset" "$@" </dev/null >&2 || fail "building $* in build/$preset failed (see above)"
}
