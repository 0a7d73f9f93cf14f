#!/bin/bash
# Stands for the official image's entrypoint, as its documentation tells: where there are no data, it makes
# them, with root's password, a database and a user from the environment, and runs what is in
# /docker-entrypoint-initdb.d, all with a temporary server without network. Like the original it takes a
# folder `mysql` among the data for the sign that all was done.
set -eo pipefail
if [[ $1 == mysqld && ! -d /var/lib/mysql/mysql ]]; then
  : "${MYSQL_ROOT_PASSWORD_FILE:?a new server needs a password for root}"
  MYSQL_ROOT_PASSWORD=$(<"$MYSQL_ROOT_PASSWORD_FILE")
  "$@" --initialize-insecure
  "$@" --skip-networking &
  until mysqladmin --silent ping >/dev/null 2>&1; do sleep 0.1; done
  mysql -uroot <<SQL
SET SESSION sql_log_bin = 0;
ALTER USER root@localhost IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
SET SESSION sql_log_bin = 1;
CREATE DATABASE IF NOT EXISTS $MYSQL_DATABASE;
CREATE USER $MYSQL_USER@'%' IDENTIFIED BY '$(<"$MYSQL_PASSWORD_FILE")';
GRANT ALL ON $MYSQL_DATABASE.* TO $MYSQL_USER@'%';
SQL
  for script in /docker-entrypoint-initdb.d/*.sh; do
    # shellcheck source=/dev/null
    if [[ -x $script ]]; then "$script"; else source "$script"; fi
  done
  MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysqladmin -uroot shutdown
  wait
fi
exec "$@"
