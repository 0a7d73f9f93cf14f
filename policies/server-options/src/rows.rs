//! The rows of MY014's table: options that some versions refuse, and where each row comes from.
//!
//! * `T97`: tried on MySQL 9.7.4: `mysqld --validate-config` refuses it. So it is for every option here
//!   that MySQL removed, beside what the row says.
//! * `T105`: a start refused on MariaDB 10.5.23, 10.11.19 and 11.8.9 alike.
//! * `REF`: "Removed in version" in the MySQL Server Version Reference, "Option and Variable Changes"
//!   for 5.7, 8.0, 8.2, 8.3, 8.4 (dev.mysql.com/doc/mysqld-version-reference/en/).
//! * `NEW`: "What Is New" and "Features Removed" in the reference manual of the version named.
//! * `HELP`: the option is in the expected output of `mysqld --verbose --help` of one version and not
//!   in that of the next (mysql-test/r/mysqld--help-notwin.result of 5.6, 5.7.18, 8.0.41 and 8.4).
//!
//! To add one: a row where the alphabet puts it, with its source. The version is the first that refuses;
//! where only `T97` says so, no earlier one is claimed.

use crate::table::{At, Product, Row, Why};

const fn row(name: &'static str, value: Option<&'static str>, product: Product, why: Why, first: At) -> Row {
    Row { name, value, product, why, first, end: None, instead: "" }
}

/// MySQL does not know it any more, from this version on.
const fn gone(name: &'static str, first: At, instead: &'static str) -> Row {
    Row { instead, ..row(name, None, Product::MySql, Why::Removed, first) }
}

/// MySQL does not know this value of it any more.
const fn value_gone(name: &'static str, value: &'static str, first: At, instead: &'static str) -> Row {
    Row { instead, ..row(name, Some(value), Product::MySql, Why::Removed, first) }
}

/// MySQL knows it only from the series `end` on.
const fn later(name: &'static str, end: At, instead: &'static str) -> Row {
    Row { end: Some(end), instead, ..row(name, None, Product::MySql, Why::NotYet, (5, 5, 0)) }
}

/// MariaDB does not know it any more (T105).
const fn gone_from_mariadb(name: &'static str, instead: &'static str) -> Row {
    Row { end: UNTRIED, instead, ..row(name, None, Product::MariaDb, Why::Removed, (10, 5, 0)) }
}

/// An option of MySQL that MariaDB does not know (T105; `instead` may name MariaDB's).
const fn of_mysql(name: &'static str, instead: &'static str) -> Row {
    Row { end: UNTRIED, instead, ..row(name, None, Product::MariaDb, Why::Foreign, (10, 5, 0)) }
}

/// An option of MariaDB that MySQL never had (T97, HELP).
const fn of_mariadb(name: &'static str, instead: &'static str) -> Row {
    Row { instead, ..row(name, None, Product::MySql, Why::Foreign, (5, 7, 18)) }
}

/// MariaDB takes options of MySQL over from time to time: nothing is claimed of what was not tried.
const UNTRIED: Option<At> = Some((12, 0, 0));

const V5_5: At = (5, 5, 3);
const V5_6: At = (5, 6, 1);
/// What was removed on the way from 8.0.0 to 8.0.11, the first release for use.
const V8_0: At = (8, 0, 0);
const V8_2: At = (8, 2, 0);
const V8_3: At = (8, 3, 0);
const V8_4: At = (8, 4, 0);
const V9_0: At = (9, 0, 0);
const V9_7: At = (9, 7, 0);

const NO_QUERY_CACHE: &str = "Remove it: there is no query cache any more";
const NO_FILE_FORMAT: &str = "Remove it: every table has what Barracuda brought";
const IN_TABLES: &str = "Remove it: replication keeps its state in tables";
const NO_MODE: &str = "Take it out of sql-mode";
const NEW_TLS: &str = "Write TLSv1.2,TLSv1.3, or remove it";
const REDO_LOG: &str = "Write innodb-redo-log-capacity instead";
const SYSLOG: &str = "Remove it: the component log_sink_syseventlog does this";
const NO_EFFECT: &str = "Remove it: it had no effect any more";
const REMOVE: &str = "Remove it";

#[rustfmt::skip]
/// The rows, by name.
pub(crate) const ROWS: &[Row] = &[
    gone("abort-slave-event-count", V8_2, REMOVE), // REF 8.2
    of_mysql("activate-all-roles-on-login", REMOVE),
    of_mysql("admin-address", "Write extra-port instead"),
    of_mysql("admin-port", "Write extra-port instead"),
    gone("admin-ssl", V8_4, "Remove it; admin-tls-version says which protocols there are"), // REF 8.4
    of_mariadb("aria-pagecache-buffer-size", REMOVE),
    of_mysql("authentication-policy", REMOVE),
    gone("avoid-temporal-upgrade", V8_4, REMOVE), // REF 8.4
    of_mysql("avoid-temporal-upgrade", REMOVE),
    of_mariadb("binlog-annotate-row-events", "Write binlog-rows-query-log-events instead"),
    of_mysql("binlog-error-action", REMOVE),
    Row { end: Some((10, 6, 0)), ..of_mysql("binlog-expire-logs-seconds", "Write expire-logs-days instead") }, // 10.5.23 refuses it, 10.11.19 takes it
    later("binlog-expire-logs-seconds", V8_0, "Write expire-logs-days instead"), // REF 8.0: introduced in 8.0.1
    of_mysql("binlog-gtid-simple-recovery", REMOVE),
    of_mysql("binlog-transaction-compression", "Write log-bin-compress instead"),
    gone("binlog-transaction-dependency-tracking", V8_4, "Remove it: it is always WRITESET"), // REF 8.4
    of_mysql("binlog-transaction-dependency-tracking", REMOVE),
    gone("binlogging-impossible-mode", (5, 7, 6), "Write binlog-error-action instead"), // HELP 5.6, 5.7
    gone("bootstrap", V8_0, "Write initialize instead"), // REF 8.0
    gone("character-set-client-handshake", V8_3, "Remove it: clients get the character set that they ask for"), // REF 8.3
    of_mysql("cte-max-recursion-depth", "Write max-recursive-iterations instead"),
    gone("date-format", V8_0, NO_EFFECT), // REF 8.0
    gone("datetime-format", V8_0, NO_EFFECT), // REF 8.0
    gone("default-authentication-plugin", V8_4, "Write authentication-policy instead"), // REF 8.4
    gone("default-character-set", V5_5, "Write character-set-server instead"), // release notes of 5.5.3
    gone_from_mariadb("default-character-set", "Write character-set-server instead"),
    gone("default-collation", V5_5, "Write collation-server instead"), // release notes of 5.5.3
    gone_from_mariadb("default-collation", "Write collation-server instead"),
    gone("default-table-type", V5_5, "Write default-storage-engine instead"), // release notes of 5.5.3
    gone_from_mariadb("default-table-type", "Write default-storage-engine instead"),
    gone("des-key-file", V8_0, REMOVE), // REF 8.0
    of_mysql("disabled-storage-engines", REMOVE),
    gone("disconnect-slave-event-count", V8_2, REMOVE), // REF 8.2
    of_mysql("early-plugin-load", "Write plugin-load-add instead"),
    of_mysql("enforce-gtid-consistency", "Remove it: MariaDB has GTIDs without it"),
    gone("engine-condition-pushdown", V5_6, "Write it into optimizer-switch"), // release notes of 5.6.1
    gone_from_mariadb("engine-condition-pushdown", "Write it into optimizer-switch"),
    gone("expire-logs-days", V8_2, "Write binlog-expire-logs-seconds instead: a day is 86400"), // REF 8.2
    of_mariadb("gtid-domain-id", REMOVE),
    of_mysql("gtid-mode", "Remove it: MariaDB has GTIDs without it; gtid-strict-mode is its own"),
    of_mariadb("gtid-strict-mode", "Write gtid-mode=ON and enforce-gtid-consistency=ON instead"),
    gone("ignore-builtin-innodb", V8_0, REMOVE), // HELP 5.7, 8.0
    gone("ignore-db-dir", V8_0, "Remove it: folders without a database are passed over"), // REF 8.0
    gone("innodb", V8_3, "Remove it: InnoDB is always there"), // REF 8.3
    gone("innodb-additional-mem-pool-size", (5, 7, 4), REMOVE), // REF 5.7
    gone_from_mariadb("innodb-additional-mem-pool-size", REMOVE),
    gone("innodb-checksums", V8_0, "Write innodb-checksum-algorithm instead"), // REF 8.0
    gone_from_mariadb("innodb-checksums", "Write innodb-checksum-algorithm instead"),
    of_mysql("innodb-dedicated-server", "Write innodb-buffer-pool-size and innodb-log-file-size instead"),
    gone("innodb-file-format", V8_0, NO_FILE_FORMAT), // REF 8.0
    gone("innodb-file-format-check", V8_0, NO_FILE_FORMAT), // REF 8.0
    gone_from_mariadb("innodb-file-format-check", NO_FILE_FORMAT),
    gone("innodb-file-format-max", V8_0, NO_FILE_FORMAT), // REF 8.0
    gone_from_mariadb("innodb-file-format-max", NO_FILE_FORMAT),
    gone("innodb-file-io-threads", V9_7, "Write innodb-read-io-threads and innodb-write-io-threads instead"), // T97
    gone("innodb-large-prefix", V8_0, "Remove it: long keys are always possible"), // REF 8.0
    gone("innodb-locks-unsafe-for-binlog", V8_0, "Write transaction-isolation=READ-COMMITTED instead"), // REF 8.0
    gone("innodb-log-file-size", V9_7, REDO_LOG), // T97; 8.4 still takes it
    gone("innodb-log-files-in-group", V9_7, REDO_LOG), // T97; 8.4 still takes it
    gone("innodb-mirrored-log-groups", V9_7, REMOVE), // T97
    gone_from_mariadb("innodb-mirrored-log-groups", REMOVE),
    of_mysql("innodb-redo-log-capacity", "Write innodb-log-file-size instead"),
    later("innodb-redo-log-capacity", V8_0, "Write innodb-log-file-size instead"), // introduced in 8.0.30
    gone("innodb-stats-sample-pages", V8_0, "Write innodb-stats-transient-sample-pages instead"), // REF 8.0
    gone("innodb-support-xa", V8_0, "Remove it: it is always on"), // REF 8.0
    gone_from_mariadb("innodb-support-xa", "Remove it: it is always on"),
    gone("innodb-undo-logs", V8_0, "Write innodb-rollback-segments instead"), // REF 8.0: removed in 8.0.2
    gone("innodb-undo-tablespaces", V9_7, "Remove it: CREATE UNDO TABLESPACE makes more"), // T97; 8.4 still takes it
    gone("innodb-use-sys-malloc", (5, 7, 4), REMOVE), // REF 5.7
    gone_from_mariadb("innodb-use-sys-malloc", REMOVE),
    gone("internal-tmp-disk-storage-engine", (8, 0, 16), "Remove it: it is always InnoDB"), // REF 8.0
    of_mysql("internal-tmp-mem-storage-engine", REMOVE),
    of_mariadb("join-cache-level", REMOVE),
    gone("key-buffer", V9_7, "Write key-buffer-size instead"), // T97: beginnings of names are refused
    gone("language", V9_7, "Write lc-messages and lc-messages-dir instead"), // T97
    gone("log", V5_6, "Write general-log and general-log-file instead"), // release notes of 5.6.1
    gone_from_mariadb("log", "Write general-log and general-log-file instead"),
    gone("log-bin-use-v1-row-events", V8_3, REMOVE), // NEW 8.3
    gone("log-builtin-as-identified-by-password", V8_0, REMOVE), // REF 8.0: removed in 8.0.11
    of_mysql("log-error-verbosity", "Write log-warnings instead"),
    of_mysql("log-replica-updates", "Write log-slave-updates instead"),
    later("log-replica-updates", V8_0, "Write log-slave-updates instead"), // introduced in 8.0.26
    gone("log-slow-queries", V5_6, "Write slow-query-log and slow-query-log-file instead"), // release notes of 5.6.1
    gone_from_mariadb("log-slow-queries", "Write slow-query-log and slow-query-log-file instead"),
    gone("log-syslog", (8, 0, 13), SYSLOG), // REF 8.0
    gone("log-syslog-facility", (8, 0, 13), SYSLOG), // REF 8.0
    gone("log-syslog-include-pid", (8, 0, 13), SYSLOG), // REF 8.0
    gone("log-syslog-tag", (8, 0, 13), SYSLOG), // REF 8.0
    of_mysql("log-timestamps", REMOVE),
    gone("log-warnings", V8_0, "Write log-error-verbosity instead"), // REF 8.0: removed in 8.0.3
    of_mysql("mandatory-roles", REMOVE),
    gone("master-info-file", V8_3, IN_TABLES), // NEW 8.3
    gone("master-info-repository", V8_3, IN_TABLES), // NEW 8.3
    of_mysql("max-execution-time", "Write max-statement-time instead, in seconds"),
    Row { first: V8_0, ..of_mariadb("max-statement-time", "Write max-execution-time instead, in milliseconds") }, // 5.7.4 to 5.7.7 had it
    gone("max-tmp-tables", V8_0, NO_EFFECT), // REF 8.0
    gone("metadata-locks-cache-size", (8, 0, 13), NO_EFFECT), // REF 8.0
    gone("metadata-locks-hash-instances", (8, 0, 13), NO_EFFECT), // REF 8.0
    gone("multi-range-count", V8_0, NO_EFFECT), // REF 8.0
    gone("myisam-recover", V9_7, "Write myisam-recover-options instead"), // T97
    gone("myisam-repair-threads", V8_4, REMOVE), // HELP 8.4
    gone("mysql-native-password", V9_0, "Remove it, and give the accounts caching_sha2_password"), // NEW 9.0
    later("mysql-native-password", V8_4, "Remove it: the plugin is always on before 8.4"), // NEW 8.4: introduced in 8.4.0
    of_mysql("mysql-native-password", "Remove it: the plugin is always on"),
    gone("mysql-native-password-proxy-users", V9_7, REMOVE), // T97
    of_mysql("mysql-native-password-proxy-users", REMOVE),
    of_mysql("mysqlx", "Remove it: MariaDB has no X protocol"),
    of_mysql("mysqlx-port", "Remove it: MariaDB has no X protocol"),
    gone("new", V8_4, REMOVE), // HELP 8.0, 8.4
    gone("no-dd-upgrade", V8_4, "Write upgrade=NONE instead"), // HELP 8.0, 8.4
    of_mysql("offline-mode", REMOVE),
    gone("old", V8_4, REMOVE), // HELP 8.0, 8.4
    of_mariadb("old-mode", REMOVE),
    gone("old-passwords", V8_0, REMOVE), // REF 8.0: removed in 8.0.11
    gone("old-style-user-limits", V8_4, REMOVE), // HELP 8.0, 8.4
    gone("one-thread", V5_6, "Write thread-handling=no-threads instead"), // release notes of 5.6.1
    of_mariadb("optimizer-use-condition-selectivity", REMOVE),
    of_mysql("partial-revokes", REMOVE),
    gone("partition", V8_0, REMOVE), // REF 8.0
    of_mysql("print-identified-with-as-hex", REMOVE),
    gone("query-cache-limit", V8_0, NO_QUERY_CACHE), // REF 8.0: removed in 8.0.3, as the four below
    gone("query-cache-min-res-unit", V8_0, NO_QUERY_CACHE),
    gone("query-cache-size", V8_0, NO_QUERY_CACHE),
    gone("query-cache-type", V8_0, NO_QUERY_CACHE),
    gone("query-cache-wlock-invalidate", V8_0, NO_QUERY_CACHE),
    of_mysql("range-optimizer-max-mem-size", REMOVE),
    gone("relay-log-info-file", V8_3, IN_TABLES), // NEW 8.3
    gone("relay-log-info-repository", V8_3, IN_TABLES), // NEW 8.3
    gone("replica-parallel-type", V9_7, "Remove it: it is always LOGICAL_CLOCK"), // T97; 8.4 still takes it
    of_mysql("replica-parallel-type", "Write slave-parallel-mode instead"),
    of_mysql("replica-parallel-workers", "Write slave-parallel-threads instead"),
    later("replica-parallel-workers", V8_0, "Write slave-parallel-workers instead"), // introduced in 8.0.26
    of_mysql("replica-preserve-commit-order", REMOVE),
    later("replica-preserve-commit-order", V8_0, "Write slave-preserve-commit-order instead"), // introduced in 8.0.26
    of_mariadb("replicate-annotate-row-events", "Write binlog-rows-query-log-events instead"),
    gone("secure-auth", V8_0, REMOVE), // REF 8.0: removed in 8.0.3
    gone("show-compatibility-56", V8_0, REMOVE), // REF 8.0: removed in 8.0.1
    gone("show-old-temporals", V8_4, REMOVE), // HELP 8.0, 8.4
    gone("simplified-binlog-gtid-recovery", (5, 7, 6), "Write binlog-gtid-simple-recovery instead"), // HELP 5.6, 5.7
    gone("skip-host-cache", V8_3, "Write host-cache-size=0 instead"), // testcontainers-java#8130: MY-000068 on 8.3.0
    gone("skip-locking", V5_5, "Write skip-external-locking instead"), // release notes of 5.5.3
    gone_from_mariadb("skip-locking", "Write skip-external-locking instead"),
    of_mysql("skip-replica-start", "Write skip-slave-start instead"),
    later("skip-replica-start", V8_0, "Write skip-slave-start instead"), // introduced in 8.0.26
    gone("skip-thread-priority", V5_6, REMOVE), // release notes of 5.6.1
    gone_from_mariadb("skip-thread-priority", REMOVE),
    of_mariadb("slave-parallel-mode", REMOVE),
    of_mariadb("slave-parallel-threads", "Write slave-parallel-workers instead"),
    gone("slave-parallel-type", V9_7, "Remove it: it is always LOGICAL_CLOCK"), // T97; 8.4 still takes it
    of_mysql("slave-parallel-type", "Write slave-parallel-mode instead"),
    of_mysql("slave-preserve-commit-order", REMOVE),
    gone("slave-rows-search-algorithms", V8_3, REMOVE), // NEW 8.3
    value_gone("sql-mode", "DB2", V8_0, NO_MODE), // NEW 8.0, as the ten below: removed in 8.0.11
    value_gone("sql-mode", "MAXDB", V8_0, NO_MODE),
    value_gone("sql-mode", "MSSQL", V8_0, NO_MODE),
    value_gone("sql-mode", "MYSQL323", V8_0, NO_MODE),
    value_gone("sql-mode", "MYSQL40", V8_0, NO_MODE),
    value_gone("sql-mode", "NO_AUTO_CREATE_USER", V8_0, NO_MODE),
    value_gone("sql-mode", "NO_FIELD_OPTIONS", V8_0, NO_MODE),
    value_gone("sql-mode", "NO_KEY_OPTIONS", V8_0, NO_MODE),
    value_gone("sql-mode", "NO_TABLE_OPTIONS", V8_0, NO_MODE),
    value_gone("sql-mode", "ORACLE", V8_0, NO_MODE),
    value_gone("sql-mode", "POSTGRESQL", V8_0, NO_MODE),
    of_mysql("sql-require-primary-key", "Write innodb-force-primary-key instead"),
    gone("ssl", V8_4, "Remove it: encryption is offered as long as tls-version is not empty"), // NEW 8.4
    gone("storage-engine", (5, 7, 5), "Write default-storage-engine instead"), // REF 5.7
    gone_from_mariadb("storage-engine", "Write default-storage-engine instead"),
    of_mysql("super-read-only", "Write read-only instead"),
    gone("sync-frm", V8_0, REMOVE), // REF 8.0: removed in 8.0.11
    gone("table-cache", V5_6, "Write table-open-cache instead"), // 5.6.14, 5.6.16 and 5.6.27 refuse it in people's logs
    gone("temp-pool", V8_0, REMOVE), // REF 8.0: removed in 8.0.1
    of_mysql("temptable-max-ram", REMOVE),
    gone("temptable-use-mmap", V9_7, "Write temptable-max-mmap=0 instead"), // T97; 8.4 still takes it
    gone("thread-cache", V9_7, "Write thread-cache-size instead"), // T97: beginnings of names are refused
    gone("thread-concurrency", (5, 7, 2), REMOVE), // REF 5.7
    gone("time-format", V8_0, NO_EFFECT), // REF 8.0
    gone("timed-mutexes", (5, 7, 5), NO_EFFECT), // REF 5.7; HELP 5.6, 5.7
    value_gone("tls-version", "TLSv1", V9_7, NEW_TLS), // T97
    value_gone("tls-version", "TLSv1.1", V9_7, NEW_TLS), // T97
    gone("transaction-write-set-extraction", V8_3, "Remove it: it is always XXHASH64"), // NEW 8.3
    of_mysql("transaction-write-set-extraction", REMOVE),
    gone("tx-isolation", V8_0, "Write transaction-isolation instead"), // REF 8.0: removed in 8.0.3
    gone_from_mariadb("tx-isolation", "Write transaction-isolation instead"),
    gone("tx-read-only", V8_0, "Write transaction-read-only instead"), // REF 8.0: removed in 8.0.3
    gone_from_mariadb("tx-read-only", "Write transaction-read-only instead"),
];
