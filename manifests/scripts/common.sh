#!/bin/bash
# What the other scripts share. They take it in with `source`.
# shellcheck disable=SC2034  # The others use what is set here.

# A StatefulSet's pods are counted; the one of a Deployment counts as the first.
if [[ $HOSTNAME =~ ^mysql-([0-9]+)$ ]]; then ordinal=${BASH_REMATCH[1]}; else ordinal=0; fi
primary=mysql-0.mysql

# With an authority's certificate the servers are verified; without one, connections are only encrypted.
authority=/run/secrets/mysql-tls/ca.crt
tls=(--ssl-mode=REQUIRED)
if [[ -e $authority ]]; then tls=(--ssl-mode=VERIFY_IDENTITY "--ssl-ca=$authority"); fi

# The password of an account. It goes into statements: nothing in it may end their quotes.
password() {
  local value
  value=$(<"/run/secrets/mysql/$1") || return 1
  if [[ ! $value =~ ^[A-Za-z0-9]{1,32}$ ]]; then
    echo "the password of $1 must be 1 to 32 letters and digits" >&2
    return 1
  fi
  printf %s "$value"
}

# Asks the server of this pod, or the primary. What is found comes without headings, one row a line.
ask() {
  MYSQL_PWD=$(password keeper) mysql --no-defaults -h127.0.0.1 -ukeeper --connect-timeout=2 \
    --ssl-mode=REQUIRED --batch --raw --skip-column-names "$@"
}
ask_primary() {
  MYSQL_PWD=$(password replication) mysql --no-defaults "-h$primary" -ureplication --connect-timeout=2 \
    "${tls[@]}" --batch --raw --skip-column-names "$@"
}

# Whether the primary has every transaction that this replica has or was sent. A primary that came back
# with an empty volume, or with an older copy, has not: to follow it would be to serve what it never had.
same_history() {
  local mine
  mine=$(ask -e "SELECT CONCAT_WS(',', @@GLOBAL.gtid_executed, received_transaction_set)
    FROM (SELECT 1) one LEFT JOIN performance_schema.replication_connection_status ON channel_name = ''") || return 2
  mine=${mine//[[:space:]]/}
  case $(ask_primary -e "SELECT GTID_SUBSET('$mine', @@GLOBAL.gtid_executed)") in
    1) return 0 ;;
    0) return 1 ;;
    *) return 2 ;;
  esac
}
