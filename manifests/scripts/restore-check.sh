#!/bin/bash
# Restores the newest backup into a server of its own, which only this pod sees, and compares what is in it
# with what was counted when the backup was made. A backup that was never restored is a hope.
#   NEWEST_HOURS  the newest backup must not be older
set -euo pipefail
trap 'exit 143' TERM
fail() { echo "FAILED: $1" >&2; exit 1; }

backups=(/backups/[0-9]*Z)
[[ -d ${backups[-1]} ]] || fail "there is no backup"
backup=${backups[-1]}
name=${backup##*/}
oldest=$(date -u -d "$NEWEST_HOURS hours ago" +%Y%m%dT%H%M%SZ)
[[ ! $name < $oldest ]] || fail "the newest backup is $name"
(cd "$backup" && sha256sum --check --quiet sums) || fail "$name is damaged"

# What a killed container left.
rm -rf /restore/data /restore/tmp
mkdir -p /restore/tmp
# Without network, and in no hurry to be safe: it is thrown away.
options=(--no-defaults --datadir=/restore/data --tmpdir=/restore/tmp --secure-file-priv=NULL --mysqlx=OFF
  --disable-log-bin --gtid-mode=ON --enforce-gtid-consistency=ON --innodb-flush-log-at-trx-commit=0
  --innodb-doublewrite=OFF "--innodb-buffer-pool-size=${BUFFER_POOL:-512M}")
mysqld "${options[@]}" --initialize-insecure
mysqld "${options[@]}" --skip-networking --socket=/tmp/restore.sock --pid-file=/tmp/restore.pid &
server=$!
trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
query() {
  mysql --no-defaults --socket=/tmp/restore.sock -uroot --default-character-set=utf8mb4 --batch --raw \
    --skip-column-names "$@"
}
until query -e "SELECT 1" >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || fail "the server that was to be restored into ended"
  sleep 1
done
# The accounts of the dump count only when they are read anew, so that root stays without a password here.
gzip --decompress --stdout "$backup/dump.sql.gz" | query || fail "$name cannot be restored"

wrong=0
while IFS=$'\t' read -r table rows; do
  restored=$(query -e "SELECT COUNT(*) FROM $table") || restored=missing
  if [[ $restored != "$rows" ]]; then
    echo "$table: $rows rows when the backup was made, $restored restored" >&2
    wrong=$((wrong + 1))
  fi
done <"$backup/rows"
[[ $wrong == 0 ]] || fail "$wrong tables of $name differ"
[[ $(query -e "SELECT REPLACE(@@GLOBAL.gtid_executed, '\n', '')") == "$(<"$backup/gtids")" ]] || fail "$name stands at another transaction"
kill -TERM "$server"
wait "$server" || true
trap - EXIT
rm -rf /restore/data
echo "$name can be restored: $(wc -l <"$backup/rows") tables, all rows are there"
