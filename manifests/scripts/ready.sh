#!/bin/bash
# Whether this server may have clients. A replica that does not follow, is more than a minute behind, or
# follows what is not its primary, would answer with old data.
set -euo pipefail
# shellcheck source=common.sh
source /scripts/common.sh
if ((ordinal == 0)); then ask -e "SELECT 1" >/dev/null; exit; fi
following=$(ask -e "SELECT COUNT(*) FROM performance_schema.replication_connection_status receiving
  JOIN performance_schema.replication_applier_status applying USING (channel_name)
  WHERE receiving.service_state = 'ON' AND applying.service_state = 'ON'")
if [[ $following != 1 ]]; then echo "does not follow $primary"; exit 1; fi
behind=$(ask -e "SELECT COUNT(*) FROM performance_schema.replication_applier_status_by_worker
  WHERE applying_transaction <> ''
  AND applying_transaction_original_commit_timestamp < NOW(6) - INTERVAL 60 SECOND")
if [[ $behind != 0 ]]; then echo "is more than a minute behind"; exit 1; fi
if ! same_history; then echo "has another history than $primary, or cannot ask it"; exit 1; fi
