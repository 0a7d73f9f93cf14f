#!/bin/bash
# The entrypoint of the images mysql and mariadb. It keeps what the official images document: options are
# arguments; an empty data directory is filled, by MYSQL_ROOT_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD or
# MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_ROOT_HOST, MYSQL_DATABASE, MYSQL_USER and MYSQL_PASSWORD, each also as
# NAME_FILE, and in MariaDB's image also as MARIADB_…; then by the files of /docker-entrypoint-initdb.d.
# As there, a quote in a password is not escaped. Unlike there, no time zones are loaded.
set -eo pipefail
shopt -s nullglob

server=mysqld client=mysql
if command -v mariadbd >/dev/null; then server=mariadbd client=mariadb; fi

# The scripts of /docker-entrypoint-initdb.d may use these four.
mysql_note() { printf '%s [Note] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*"; }
mysql_warn() { printf '%s [Warn] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*" >&2; }
mysql_error() {
    printf '%s [ERROR] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*" >&2
    exit 1
}

# Hands the statements on standard input to the server, as root on its socket. The arguments are the
# client's; the first may be --dont-use-mysql-root-password.
docker_process_sql() {
    local password=$MYSQL_ROOT_PASSWORD
    if [ "$1" = --dont-use-mysql-root-password ]; then
        password=
        shift
    fi
    # In front, so that an argument takes precedence.
    if [ -n "$MYSQL_DATABASE" ]; then set -- --database="$MYSQL_DATABASE" "$@"; fi
    MYSQL_PWD=$password "$client" --protocol=socket --socket="$socket" -uroot --comments "$@"
}

# Takes a variable from NAME, or from the file that NAME_FILE names.
take() {
    local name file value names=("$1")
    if [ "$server" = mariadbd ]; then names+=("MARIADB_${1#MYSQL_}"); fi
    for name in "${names[@]}"; do
        file=${name}_FILE
        if [ -n "${!name}" ] && [ -n "${!file}" ]; then mysql_error "$name and $file exclude each other"; fi
        value=${!name}
        if [ -n "${!file}" ]; then value=$(<"${!file}"); fi
        if [ -n "$value" ]; then export "$1=$value"; fi
        unset "$file"
    done
}

# What the server, started like this, takes for an option. Its help has words of that name too, further in.
setting() {
    awk -v name="$1" '$1 == name && /^[^ ]/ { print $2; exit }' <<<"$settings"
}

make_data() {
    mysql_note "Initializing database files"
    if [ "$server" = mariadbd ]; then
        mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db \
            --default-time-zone=SYSTEM "${@:2}" >/dev/null
    else
        "$@" --initialize-insecure --default-time-zone=SYSTEM
    fi
    mysql_note "Database files initialized"
}

# On the socket only, so that nobody takes it for the server that clients wait for.
start_temporary_server() {
    mysql_note "Starting temporary server"
    "$@" --skip-networking --default-time-zone=SYSTEM --socket="$socket" &
    temporary=$!
    local attempt
    for attempt in {1..300}; do
        if docker_process_sql --dont-use-mysql-root-password --database=mysql <<<"SELECT 1" >/dev/null 2>&1; then
            mysql_note "Temporary server started"
            return
        fi
        kill -0 "$temporary" 2>/dev/null || break
        sleep 0.2
    done
    mysql_error "Unable to start server (attempt $attempt)"
}

make_accounts() {
    if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
        MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64)
        export MYSQL_ROOT_PASSWORD
        mysql_note "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
    fi
    local own="" elsewhere=""
    # Its installation makes root several times, by each address of the machine and without a password.
    if [ "$server" = mariadbd ]; then
        own="DELETE FROM mysql.global_priv WHERE User = 'root' AND Host != 'localhost'; FLUSH PRIVILEGES;"
    fi
    if [ "${MYSQL_ROOT_HOST:=%}" != localhost ]; then
        elsewhere="CREATE USER 'root'@'$MYSQL_ROOT_HOST' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
            GRANT ALL ON *.* TO 'root'@'$MYSQL_ROOT_HOST' WITH GRANT OPTION;"
    fi
    # Of this server alone: a replica makes its own.
    docker_process_sql --dont-use-mysql-root-password --database=mysql <<END
SET @@SESSION.SQL_LOG_BIN = 0;
$own
$elsewhere
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
FLUSH PRIVILEGES;
END
    if [ -n "$MYSQL_DATABASE" ]; then
        mysql_note "Creating database $MYSQL_DATABASE"
        docker_process_sql --database=mysql <<<"CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;"
    fi
    if [ -n "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ]; then
        mysql_note "Creating user $MYSQL_USER"
        docker_process_sql --database=mysql <<<"CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';"
        if [ -n "$MYSQL_DATABASE" ]; then
            mysql_note "Giving user $MYSQL_USER access to schema $MYSQL_DATABASE"
            # An underscore stands for any letter there.
            docker_process_sql --database=mysql <<<"GRANT ALL ON \`${MYSQL_DATABASE//_/\\_}\`.* TO '$MYSQL_USER'@'%';"
        fi
    fi
}

run_files() {
    local file
    for file; do
        case "$file" in
        *.sh)
            mysql_note "Running $file"
            # Into this shell, unless it is a program.
            # shellcheck source=/dev/null
            if [ -x "$file" ]; then "$file"; else . "$file"; fi
            ;;
        *.sql)
            mysql_note "Running $file"
            docker_process_sql <"$file"
            ;;
        *.sql.gz)
            mysql_note "Running $file"
            gunzip --stdout "$file" | docker_process_sql
            ;;
        *) mysql_warn "Ignoring $file" ;;
        esac
    done
}

initialise() {
    if [ -z "$MYSQL_ROOT_PASSWORD$MYSQL_ALLOW_EMPTY_PASSWORD$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
        mysql_error "Database is uninitialized and password option is not specified:" \
            "MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD or MYSQL_RANDOM_ROOT_PASSWORD"
    fi
    if [ "$MYSQL_USER" = root ]; then mysql_error "MYSQL_USER is for another user than root"; fi
    # Before anything is made, if they may not be read.
    ls /docker-entrypoint-initdb.d/ >/dev/null
    make_data "$@"
    start_temporary_server "$@"
    make_accounts
    run_files /docker-entrypoint-initdb.d/*
    mysql_note "Stopping temporary server"
    docker_process_sql --database=mysql <<<"SHUTDOWN;"
    wait "$temporary"
    mysql_note "MySQL init process done. Ready for start up."
}

if [ "${1:0:1}" = - ]; then set -- "$server" "$@"; fi
case "$1" in
mysqld | mariadbd) ;;
*) exec "$@" ;;
esac
case " $* " in
*" --help "* | *" -? "* | *" --version "* | *" -V "* | *" --print-defaults "*) exec "$@" ;;
esac

# Without the name nothing but a file of that name would be looked at, in a folder that may not be written to.
settings=$("$@" --verbose --help --log-bin-index="$(mktemp -u)" 2>&1) ||
    mysql_error "$server does not start with these options: $settings"
data=$(setting datadir)
socket=$(setting socket)

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$data"
    find "$data" ! -user mysql -exec chown mysql:mysql {} +
    exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
fi
if [ ! -d "$data/mysql" ]; then
    for name in ROOT_PASSWORD RANDOM_ROOT_PASSWORD ALLOW_EMPTY_PASSWORD ROOT_HOST DATABASE USER PASSWORD; do
        take "MYSQL_$name"
    done
    initialise "$@"
fi
exec "$@"
