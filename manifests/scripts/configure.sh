#!/bin/bash
# Writes the options that differ from server to server.
set -euo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
cp /config/common.cnf /conf.d/common.cnf
{
  echo "[mysqld]"
  # Never 0, which means that a server takes no part in replication.
  echo "server_id = $((100 + ordinal))"
  echo "report_host = $HOSTNAME.mysql"
  # Only the first one is written to, by whomever.
  if ((ordinal > 0)); then echo "super_read_only = ON"; fi
  if [[ -e $authority ]]; then
    echo "ssl_ca = $authority"
    echo "ssl_cert = ${authority%/*}/tls.crt"
    echo "ssl_key = ${authority%/*}/tls.key"
  fi
} >/conf.d/instance.cnf
