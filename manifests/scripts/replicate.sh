#!/bin/bash
# Sees to it, again and again, that a replica follows the primary, and that it follows no other history.
# Each step looks at what is, not at what was done before, so that it does not matter where the last one
# was interrupted. No server starts replication by itself (skip_replica_start).
set -uo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
trap 'exit 0' TERM INT
pause() { sleep "${INTERVAL:-10}" & wait $!; }
if ((ordinal == 0)); then while true; do pause; done; fi

verify=0
if [[ -e $authority ]]; then verify=1; else authority=; fi

# Whether it is set up as below; how receiving and applying do; the errors of both.
state() {
  ask -e "SELECT
    (SELECT COUNT(*) FROM performance_schema.replication_connection_configuration
      WHERE host = '$primary' AND user = 'replication' AND auto_position = '1' AND ssl_allowed = 'YES'
      AND ssl_ca_file = '$authority' AND ssl_verify_server_certificate = IF($verify, 'YES', 'NO')),
    (SELECT COALESCE(MAX(service_state), '-') FROM performance_schema.replication_connection_status),
    (SELECT COALESCE(MAX(service_state), '-') FROM performance_schema.replication_applier_status),
    (SELECT COALESCE(MAX(last_error_number), 0) FROM performance_schema.replication_connection_status),
    (SELECT COALESCE(MAX(last_error_number), 0) FROM performance_schema.replication_applier_status_by_worker)"
}

# After a lost connection it is tried once more, and then it is this script's turn: who answers under the
# primary's name may be another one by then.
follow() {
  local secret
  secret=$(password replication) || return
  ask <<SQL
STOP REPLICA;
CHANGE REPLICATION SOURCE TO SOURCE_HOST = '$primary', SOURCE_PORT = 3306,
  SOURCE_USER = 'replication', SOURCE_PASSWORD = '$secret', SOURCE_AUTO_POSITION = 1,
  SOURCE_SSL = 1, SOURCE_SSL_CA = '$authority', SOURCE_SSL_VERIFY_SERVER_CERT = $verify,
  SOURCE_RETRY_COUNT = 1;
START REPLICA;
SQL
}

strangers=0
for ((;;)); do
  if read -r configured receiving applying receive_error apply_error < <(state 2>/dev/null); then
    same_history 2>/dev/null
    case $? in
      0) strangers=0 ;;
      1) strangers=$((strangers + 1)) ;;
      # The primary does not answer. What was received is applied, and nothing else changes.
      *) pause; continue ;;
    esac
    # Twice: a transaction may be here a moment before the primary itself counts it.
    if ((strangers > 1)); then
      if [[ $receiving != OFF && $receiving != - ]] || [[ $applying == ON ]]; then ask -e "STOP REPLICA"; fi
      echo "REFUSED: $primary lacks transactions that are here; it is not the primary that this one followed" >&2
    elif ((strangers == 1)); then
      sleep 1
      continue
    elif [[ $configured == 0 || $receive_error == 1045 ]]; then
      echo "following $primary"
      follow
    elif [[ $receiving == OFF || $applying == OFF ]]; then
      # 13114 is among them: the primary no longer has the transactions that are missing here.
      echo "replication has stopped (errors $receive_error, $apply_error); starting it again"
      ask -e "START REPLICA"
    fi
  fi
  pause
done
