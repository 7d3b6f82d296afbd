#!/bin/bash
# The part of the original's contract that a stack relies on: POSTGRES_* variables (also as
# *_FILE), PGDATA, /docker-entrypoint-initdb.d on first start, root drops to "postgres".
set -euo pipefail

# value NAME DEFAULT: $NAME, or what the file $NAME_FILE holds, or DEFAULT.
value() {
    local file_name="$1_FILE"
    if [ -n "${!1:-}" ] && [ -n "${!file_name:-}" ]; then
        echo "error: both $1 and $file_name are set" >&2
        exit 1
    fi
    if [ -n "${!file_name:-}" ]; then cat "${!file_name}"; else printf '%s' "${!1:-$2}"; fi
}

prepare_folders() {
    mkdir -p "$PGDATA"
    chmod 00700 "$PGDATA"
    if [ "$(id -u)" = 0 ]; then chown -R postgres:postgres "$PGDATA" /run/postgresql; fi
}

require_a_password() {
    if [ -z "$password" ] && [ "$auth" != trust ]; then
        echo "Error: Database is uninitialized and superuser password is not specified." >&2
        echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser." >&2
        exit 1
    fi
}

create_cluster() {
    # shellcheck disable=SC2086  # the options are several words by contract
    initdb --username="$user" --pwfile=<(printf '%s\n' "${password:-unused}") ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "$auth" >> "$PGDATA/pg_hba.conf"
}

sql() { psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" --no-password --dbname "$@"; }

run_init_script() {
    echo "running $1"
    case "$1" in
        *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
        *.sql) sql "$database" --file "$1" ;;
        *.sql.gz) gunzip --stdout "$1" | sql "$database" ;;
        *) echo "ignoring $1" ;;
    esac
}

# The server listens only on its socket until the database is complete: a health check over
# TCP cannot succeed too early.
fill_cluster() {
    export PGPASSWORD="$password"
    pg_ctl -D "$PGDATA" -o "$* -c listen_addresses=''" -w start
    if [ "$database" != postgres ]; then
        sql postgres --set db="$database" <<< 'CREATE DATABASE :"db";'
    fi
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        if [ -f "$script" ]; then run_init_script "$script"; fi
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
    echo "PostgreSQL init process complete; ready for start up."
}

if [ "${1#-}" != "${1:-}" ]; then set -- postgres "$@"; fi
if [ "${1:-}" != postgres ]; then exec "$@"; fi

prepare_folders
if [ "$(id -u)" = 0 ]; then exec gosu postgres "$0" "$@"; fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=$(value POSTGRES_USER postgres)
    database=$(value POSTGRES_DB "$user")
    password=$(value POSTGRES_PASSWORD '')
    auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    export POSTGRES_USER=$user POSTGRES_DB=$database
    require_a_password
    create_cluster
    fill_cluster "${@:2}"
fi
exec "$@"
