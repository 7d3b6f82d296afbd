#!/usr/bin/env bash
# Backs postgres up, restores the copy into a scratch database and compares every table, row
# by row counted, with what was dumped. Only then is it a backup. Written by "hitless fix"; yours
# to change.
#
#   bash ops/backup.sh               make one, prove it, remove the old ones
#   bash ops/backup.sh --age HOURS   fail when the last proved one is older: for whoever watches
#
# BACKUP_DIRECTORY   where they lie (/var/backups/legacy-stack)
# BACKUP_KEEP_DAYS   how long (14); the newest is never removed
# BACKUP_CONTAINER   the database's container, when there are several
# BACKUP_COPY        a script that takes the file, its first argument, to another place; without
#                    it the loss of this machine is the loss of everything
set -Eeuo pipefail
umask 077

directory=${BACKUP_DIRECTORY:-/var/backups/legacy-stack}
keep_days=${BACKUP_KEEP_DAYS:-14}
mark="$directory/last-success"

fail() {
  echo "backup: $*" >&2
  exit 1
}

if [ "${1:-}" = --age ]; then
  [ -f "$mark" ] || fail "there is no proved backup in $directory"
  age=$((($(date +%s) - $(stat --format %Y "$mark")) / 3600))
  [ "$age" -lt "${2:?hours}" ] || fail "the last proved backup is $age hours old"
  exit 0
fi

container() {
  local found
  found=$(docker ps --quiet --filter label=com.docker.compose.service=postgres)
  [ -n "$found" ] || fail "no container of postgres runs"
  [ "$(wc -l <<< "$found")" -eq 1 ] || fail "several containers of postgres run: set BACKUP_CONTAINER"
  echo "$found"
}

mkdir -p "$directory/metrics"
chmod 755 "$directory/metrics"
exec 9> "$directory/.lock"
flock --nonblock 9 || fail "another backup runs"

container=${BACKUP_CONTAINER:-$(container)}
user=$(docker exec "$container" sh -c 'echo "${POSTGRES_USER:-postgres}"')
database=$(docker exec "$container" sh -c 'echo "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"')
scratch="restored_$(date +%s)"
stamp=$(date --utc +%Y%m%dT%H%M%SZ)
partial="$directory/.$database-$stamp.partial"
final="$directory/$database-$stamp.dump"
snapshot_in='' snapshot_out=''

psql() { docker exec --interactive "$container" psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username "$user" "$@"; }

clean_up() {
  status=$?
  rm -f "$partial" "$partial.before" "$partial.after"
  docker exec "$container" dropdb --if-exists --force --username "$user" "$scratch" > /dev/null 2>&1 || true
  [ -z "$snapshot_in" ] || exec {snapshot_in}>&- || true
  exit "$status"
}
trap clean_up EXIT

# Every table with the number of its rows, in one query.
counts="SELECT format('%I.%I', schemaname, tablename), (xpath('/row/n/text()', query_to_xml(
  format('SELECT count(*) AS n FROM %I.%I', schemaname, tablename), false, true, '')))[1]
  FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1;"

# One session holds a snapshot: what is counted and what is dumped are the same moment.
coproc SNAPSHOT { psql --dbname "$database"; }
exec {snapshot_in}>&"${SNAPSHOT[1]}" {snapshot_out}<&"${SNAPSHOT[0]}"
{ eval "exec ${SNAPSHOT[1]}>&-"; } 2> /dev/null
echo "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();" >&"$snapshot_in"
read -r -t 60 snapshot <&"$snapshot_out" || fail "$database exports no snapshot"

docker exec "$container" pg_dump --format custom --username "$user" --snapshot "$snapshot" "$database" > "$partial"
[ -s "$partial" ] || fail "the dump is empty"

printf '%s\n' "$counts" '\echo end' >&"$snapshot_in"
while read -r -t 600 line <&"$snapshot_out" && [ "$line" != end ]; do
  echo "$line"
done > "$partial.before"
[ -s "$partial.before" ] || fail "$database has no table"

docker exec "$container" createdb --template template0 --username "$user" "$scratch"
docker exec --interactive "$container" pg_restore --exit-on-error --no-owner --username "$user" --dbname "$scratch" < "$partial"
psql --dbname "$scratch" <<< "$counts" > "$partial.after"
diff "$partial.before" "$partial.after" || fail "what was restored is not what was dumped"

sync "$partial"
mv "$partial" "$final"
(cd "$directory" && sha256sum "$(basename "$final")" > "$(basename "$final").sha256")

if [ -n "${BACKUP_COPY:-}" ]; then
  "$BACKUP_COPY" "$final"
else
  echo "backup: BACKUP_COPY is not set: $final lies on this machine only" >&2
fi

find "$directory" -maxdepth 1 -name "$database-*.dump*" -mtime +"$keep_days" ! -name "$(basename "$final")*" -delete
touch "$mark"
metrics="$directory/metrics/backup.prom"
printf 'backup_last_success_timestamp_seconds %s\nbackup_bytes %s\n' "$(date +%s)" "$(stat --format %s "$final")" > "$metrics.new"
chmod 644 "$metrics.new"
mv "$metrics.new" "$metrics"
echo "backup: $final, $(wc -l < "$partial.before") tables restored and compared"
