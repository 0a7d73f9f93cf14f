#!/bin/bash
# Makes the accounts, each with the least rights. The image's entrypoint reads this when it makes the data
# directory; replicas get the accounts with the copy. Not logged, so that no replica makes them again.
# An account whose password is not in the Secret is left out.
# shellcheck source=common.sh
source /scripts/common.sh

make_accounts() {
  local account secret
  echo "SET SESSION sql_log_bin = 0;"
  for account in replication clone keeper backup; do
    if [[ ! -e /run/secrets/mysql/$account ]]; then
      echo "there is no password for $account: it is not made" >&2
      continue
    fi
    secret=$(password "$account") || return 1
    case $account in
      # To follow the primary.
      replication)
        echo "CREATE USER replication@'%' IDENTIFIED BY '$secret' REQUIRE SSL;"
        echo "GRANT REPLICATION SLAVE ON *.* TO replication@'%';"
        ;;
      # To copy the primary's data.
      clone)
        echo "CREATE USER clone@'%' IDENTIFIED BY '$secret' REQUIRE SSL;"
        echo "GRANT BACKUP_ADMIN ON *.* TO clone@'%';"
        ;;
      # To start replication, and to see how it does; from inside the pod only.
      keeper)
        echo "CREATE USER keeper@'127.0.0.1' IDENTIFIED BY '$secret' REQUIRE SSL;"
        echo "GRANT REPLICATION_SLAVE_ADMIN ON *.* TO keeper@'127.0.0.1';"
        echo "GRANT SELECT ON performance_schema.* TO keeper@'127.0.0.1';"
        ;;
      # To read everything, and to hold all tables still for the moment in which a dump begins.
      backup)
        echo "CREATE USER backup@'%' IDENTIFIED BY '$secret' REQUIRE SSL;"
        echo "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO backup@'%';"
        echo "GRANT SHOW_ROUTINE, FLUSH_TABLES ON *.* TO backup@'%';"
        ;;
    esac
  done
}

# Whole or not at all: no client reads half of the statements.
statements=$(make_accounts) || exit 1
MYSQL_PWD=$(</run/secrets/mysql/root) mysql -uroot <<<"$statements" || exit 1
unset statements
