#!/bin/bash
# Makes the data of a new primary, with the image's own entrypoint. They are made in a folder that gets its
# final name in one step: what was interrupted is thrown away and begun again. The entrypoint alone would
# take half a data directory for a whole one, and start a server without root's password on it.
set -euo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
trap 'exit 143' TERM
if ((ordinal > 0)); then echo "a replica gets its data from the primary"; exit 0; fi
if [[ -e /data/mysql/ibdata1 ]]; then echo "there are data already"; exit 0; fi

# A replica that is there has had a primary with data. An empty one must not take its place: applications
# would find nothing, and write into it.
from=$(cat /recovery/from 2>/dev/null || true)
if [[ $HOSTNAME == mysql-0 && $from == mysql-* ]]; then echo "the data come from $from"; exit 0; fi
# Whether DNS knows a server: if it does, another error comes, that nobody answers there or lets us in.
known() {
  [[ $(mysql --no-defaults "-h$1.mysql" -uprobe --connect-timeout=5 -e "SELECT 1" 2>&1) != *"ERROR 2005 "* ]]
}
if [[ $HOSTNAME == mysql-0 && $from != nobody ]]; then
  # Its own name first, else a DNS that is away would pass for one that knows nobody.
  for _ in {1..60}; do
    if known mysql-0; then break; fi
    sleep 2
  done
  if ! known mysql-0; then echo "DNS does not know this pod: is there the headless Service mysql?" >&2; exit 1; fi
  for peer in mysql-{1..9}; do
    if known "$peer"; then
      echo "REFUSED: this volume is empty, but there is $peer, and so there were data. Say where they come" >&2
      echo "from, in the namespace of this pod:" >&2
      echo "  kubectl create configmap mysql-recovery --from-literal=from=$peer" >&2
      echo "or from=nobody, to begin with none." >&2
      exit 1
    fi
  done
fi

# The volume's folder `initialising` is mounted where the entrypoint makes its data.
find /var/lib/mysql -mindepth 1 -delete
docker-entrypoint.sh mysqld --bind-address=127.0.0.1 --mysqlx=OFF &
server=$!
trap 'kill -KILL "$server" 2>/dev/null || true' EXIT
# By TCP: until all is made, the entrypoint's server answers on the socket only.
until mysqladmin --no-defaults --silent ping -h127.0.0.1 -uprobe >/dev/null 2>&1; do
  if ! kill -0 "$server" 2>/dev/null; then echo "the data could not be made" >&2; exit 1; fi
  sleep 1
done
kill -TERM "$server"
wait "$server"
trap - EXIT
mv -T /data/initialising /data/mysql
echo "made new data"
