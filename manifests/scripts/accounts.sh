#!/bin/bash
# Makes the accounts, each with the least rights. The image's entrypoint reads this when it makes the data
# directory; replicas get the accounts with the copy. Not logged, so that no replica makes them again.
# An account whose password is not in the Secret is left out.
# shellcheck source=common.sh
source /scripts/common.sh

account() { # NAME HOST GRANT…
  local secret grant
  if [[ ! -e /run/secrets/mysql/$1 ]]; then
    echo "there is no password for $1: it is not made" >&2
    return
  fi
  secret=$(password "$1") || return 1
  echo "CREATE USER $1@'$2' IDENTIFIED BY '$secret' REQUIRE SSL;"
  for grant in "${@:3}"; do echo "GRANT $grant TO $1@'$2';"; done
}

make_accounts() {
  echo "SET SESSION sql_log_bin = 0;"
  # To follow the primary, and to copy its data.
  account replication % "REPLICATION SLAVE ON *.*" || return 1
  account clone % "BACKUP_ADMIN ON *.*" || return 1
  # To start replication, and to see how it does; from inside the pod only.
  account keeper 127.0.0.1 "REPLICATION_SLAVE_ADMIN ON *.*" "SELECT ON performance_schema.*" || return 1
  # To read everything, and to hold all tables still for the moment in which a dump begins.
  account backup % "SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*" "SHOW_ROUTINE, FLUSH_TABLES ON *.*" || return 1
}

# Whole or not at all: no client reads half of the statements.
statements=$(make_accounts) || exit 1
MYSQL_PWD=$(</run/secrets/mysql/root) mysql -uroot <<<"$statements" || exit 1
unset statements
