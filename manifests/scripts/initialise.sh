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
if [[ $HOSTNAME == mysql-0 && $from != nobody ]]; then
  for peer in mysql-{1..9}; do
    said=$(mysql --no-defaults "-h$peer.mysql" -uprobe --connect-timeout=5 -e "SELECT 1" 2>&1 || true)
    # No such name (-2), or a name without address (-5). A DNS server that is away says something else.
    if [[ $said != *"ERROR 2005 "*"(-2)"* && $said != *"ERROR 2005 "*"(-5)"* ]]; then
      echo "REFUSED: this volume is empty, but there is $peer, and so there were data. Say where they come from:" >&2
      echo "  kubectl create configmap mysql-recovery --namespace mysql --from-literal=from=$peer" >&2
      echo "or from=nobody, to begin with none. $peer answered: $said" >&2
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
