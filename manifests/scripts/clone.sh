#!/bin/bash
# Copies the primary's data into a new replica's volume. A copy is complete when it has its final name,
# which it gets in one step: whatever was interrupted is thrown away and begun again.
set -euo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
trap 'exit 143' TERM
donor=$primary
if ((ordinal == 0)); then
  from=$(cat /recovery/from 2>/dev/null || true)
  if [[ ! $from =~ ^mysql-[1-9][0-9]*$ ]]; then echo "the primary is not a copy"; exit 0; fi
  donor=$from.mysql
fi
if [[ -e /data/mysql/ibdata1 ]]; then echo "there are data already"; exit 0; fi
secret=$(password clone)

# CLONE is a statement of a running server: a temporary one, without data and without network.
rm -rf /data/clone-server /data/clone-copy
options=(--no-defaults --datadir=/data/clone-server --secure-file-priv=NULL --mysqlx=OFF --disable-log-bin)
mysqld "${options[@]}" --initialize-insecure
mysqld "${options[@]}" --skip-networking --socket=/tmp/clone.sock --pid-file=/tmp/clone.pid \
  --plugin-load-add=mysql_clone.so &
server=$!
trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
query() { mysql --no-defaults --socket=/tmp/clone.sock -uroot "$@"; }
until query -e "SELECT 1" >/dev/null 2>&1; do
  if ! kill -0 "$server" 2>/dev/null; then echo "the temporary server ended" >&2; exit 1; fi
  sleep 1
done

if [[ -e $authority ]]; then query -e "SET GLOBAL clone_ssl_ca = '$authority'"; fi
query <<SQL
SET GLOBAL clone_valid_donor_list = '$donor:3306';
CLONE INSTANCE FROM clone@'$donor':3306 IDENTIFIED BY '$secret'
  DATA DIRECTORY = '/data/clone-copy' REQUIRE SSL;
SQL

kill -TERM "$server"
wait "$server" || true
trap - EXIT
rm -rf /data/clone-server
mv -T /data/clone-copy /data/mysql
echo "copied from $donor"
