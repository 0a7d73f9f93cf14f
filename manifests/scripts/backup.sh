#!/bin/bash
# Writes a dump of all databases, of one moment, to /backups: from a replica that follows, where there is
# one, else from the primary. A backup is a folder; the one that has its final name is whole. Beside the
# dump it has the rows that each table had at that moment, for restore-check.sh.
#   SOURCES     servers, the best one first
#   KEEP_DAYS   older ones are deleted
#   KEEP_LEAST  so many stay, however old they are, while there is room for another one; three stay always
set -euo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
# A dump holds all data, and the hashes of all passwords.
umask 077
trap 'exit 143' TERM
MYSQL_PWD=$(password backup)
export MYSQL_PWD

source=
for host in $SOURCES; do
  connection=(--no-defaults "-h$host" -ubackup "${tls[@]}")
  # Fit is who takes writes, or receives and applies them.
  fit=$(mysql "${connection[@]}" --connect-timeout=10 --batch --skip-column-names -e "SELECT NOT @@GLOBAL.super_read_only OR (SELECT COUNT(*)
    FROM performance_schema.replication_connection_status receiving
    JOIN performance_schema.replication_applier_status applying USING (channel_name)
    WHERE receiving.service_state = 'ON' AND applying.service_state = 'ON') = 1" || true)
  if [[ $fit == 1 ]]; then source=$host; break; fi
  echo "$host does not answer, or does not follow" >&2
done
if [[ -z $source ]]; then echo "FAILED: no server to back up" >&2; exit 1; fi

# What a killed run left. Another one may be under way, so of what is not finished only what is a day old.
find /backups -mindepth 1 -maxdepth 1 \( -name '.deleted-*' -o -name '.unfinished-*' -mmin +1440 \) -exec rm -rf {} +
folder=/backups/.unfinished-$HOSTNAME
rm -rf "$folder"
trap 'rm -rf "$folder"' EXIT
fail() { echo "FAILED: $1" >&2; exit 1; }

# A backup loses its final name first: half of one is nobody's.
delete() {
  echo "deleting ${1##*/}"
  mv -T "$1" "/backups/.deleted-${1##*/}"
  rm -rf "/backups/.deleted-${1##*/}"
}
delete_old() {
  local oldest kept i
  oldest=$(date -u -d "$KEEP_DAYS days ago" +%Y%m%dT%H%M%SZ)
  kept=(/backups/[0-9]*Z)
  for ((i = 0; i < ${#kept[@]} - KEEP_LEAST; i++)); do
    if [[ ${kept[i]##*/} < $oldest ]]; then delete "${kept[i]}"; fi
  done
}
# In bytes: what is free, and what a folder takes.
room() { df --output=avail --block-size=1 /backups | tail -n 1 | tr -d ' '; }
size() { du --summarize --block-size=1 "$1" | cut -f 1; }
# Deletes the oldest ones until there is room for so many bytes. Three stay: what fills the volume may be something
# else, and a mistake in the data may be found a day later.
make_room() {
  local free kept i
  kept=(/backups/[0-9]*Z)
  for ((i = 0; i < ${#kept[@]} - 3; i++)); do
    free=$(room)
    # A filesystem that does not tell loses nothing.
    if [[ ! $free =~ ^[0-9]+$ ]] || ((free >= $1)); then break; fi
    echo "the volume is too full for another backup" >&2
    delete "${kept[i]}"
  done
}

# Before there is a new one: a full volume would take none, and nothing would ever be deleted from it.
delete_old
before=(/backups/[0-9]*Z)
# They grow with the database.
if [[ -d ${before[-1]} ]]; then
  last=$(size "${before[-1]}")
  make_room $((last * 5 / 4))
fi
mkdir "$folder"

# A second session holds all tables still until the dump has begun, so that both see the same moment. Who
# writes waits for a second; who cannot be made to wait within ten stops the backup. Should the way to the
# server be cut just then, that lets go after a minute.
answers=$(mktemp)
exec {session}> >(exec mysql "${connection[@]}" --batch --raw --skip-column-names --unbuffered >"$answers" 2>&1)
counter=$!
say() { echo "$1" >&"$session"; }
answered() { # how many lines there must be
  for _ in {1..600}; do
    if grep -q '^ERROR' "$answers"; then fail "$(<"$answers")"; fi
    if (($(wc -l <"$answers") >= $1)); then return; fi
    sleep 0.1
  done
  fail "$source does not answer"
}
say "SET SESSION lock_wait_timeout = 10, wait_timeout = 60;"
say "FLUSH TABLES WITH READ LOCK; START TRANSACTION WITH CONSISTENT SNAPSHOT;"
say "SELECT REPLACE(@@GLOBAL.gtid_executed, '\n', '');"
answered 1
gtids=$(<"$answers")

(mysqldump "${connection[@]}" --single-transaction --all-databases --routines --events --triggers \
  --set-gtid-purged=ON --no-tablespaces --hex-blob --default-character-set=utf8mb4 |
  gzip >"$folder/dump.sql.gz") &
dump=$!
# The dump's transaction and this session's.
transactions="SELECT COUNT(*) FROM performance_schema.events_transactions_current transactions
  JOIN performance_schema.threads USING (thread_id)
  WHERE transactions.state = 'ACTIVE' AND processlist_user = 'backup'"
begun=0
for _ in {1..100}; do
  # A small dump may be over already.
  if ! kill -0 "$dump" 2>/dev/null; then begun=2; break; fi
  begun=$(mysql "${connection[@]}" --batch --skip-column-names -e "$transactions") || begun=0
  if ((begun >= 2)); then break; fi
  sleep 0.1
done
if ((begun < 2)); then fail "the dump did not begin"; fi
say "UNLOCK TABLES; SET SESSION wait_timeout = 28800;"

# Every table of the users, and the accounts; by its name as a statement has it.
tables=$(mysql "${connection[@]}" --batch --raw --skip-column-names -e "
  SELECT CONCAT('SELECT ', QUOTE(name), ', COUNT(*) FROM ', name, ';') FROM (
    SELECT CONCAT('\`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`', REPLACE(table_name, '\`', '\`\`'), '\`') name
    FROM information_schema.tables WHERE table_type = 'BASE TABLE'
    AND (table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
      OR (table_schema = 'mysql' AND table_name = 'user'))) tables ORDER BY name")
say "$tables"
say "SELECT 'that was all';"
until grep -q '^that was all$' "$answers"; do
  if grep -q '^ERROR' "$answers" || ! kill -0 "$counter" 2>/dev/null; then fail "$(<"$answers")"; fi
  sleep 0.5
done
exec {session}>&-

if ! wait "$dump"; then
  taken=$(size "$folder")
  left=$(room)
  rm -rf "$folder"
  # It was too large for what was free: the next attempt has more.
  if [[ $left =~ ^[0-9]+$ ]] && ((left < 1048576)); then make_room $((taken * 2)); fi
  fail "mysqldump or gzip says so above"
fi
sed -e 1d -e '/^that was all$/d' "$answers" >"$folder/rows"
echo "$gtids" >"$folder/gtids"
gzip --decompress --stdout "$folder/dump.sql.gz" | tail -n 1 | grep -q '^-- Dump completed' || fail "the dump has no end"
header=$(head -n 200 < <(gzip --decompress --stdout "$folder/dump.sql.gz"))
[[ ${header//$'\n'/} == *"'$gtids'"* ]] || fail "the dump is not of the moment at which rows were counted"
(cd "$folder" && sha256sum dump.sql.gz rows gtids >sums)
sync "$folder"/*
name=$(date -u +%Y%m%dT%H%M%SZ)
mv -T "$folder" "/backups/$name"
sync /backups
echo "$name: $(wc -l <"/backups/$name/rows") tables from $source, $(stat -c %s "/backups/$name/dump.sql.gz") bytes"
delete_old
