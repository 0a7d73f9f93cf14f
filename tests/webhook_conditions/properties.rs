//! Whatever container the detection knows, the conditions ask about.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::conditions::{Conditions, concerns_mysql};
use super::table::{KINDS, wrapped};

/// Containers that are put together from what matters to the detection, and from what does not.
fn containers() -> impl Strategy<Value = Value> {
    let image = select(vec![
        "",
        "mysql",
        "nginx",
        "acme/mysql",
        "mysql/mysql-router",
        "registry.example:5000/a/library/mariadb:10.6",
        "percona/percona-xtrabackup",
        "quay.io/sclorg/mysql-84-c9s",
        "mydumper/mydumper",
        "MYSQL",
        "mariabackup",
    ]);
    let name = select(vec![
        "MYSQL_ROOT_PASSWORD",
        "MARIADB_ROOT_PASSWORD",
        "MYSQL_PWD",
        "DATA_SOURCE_NAME",
        "PMA_PASSWORD",
        "DATABASE_URL",
        "WORDPRESS_DB_PASSWORD",
        "WSREP_SST_PASSWORD",
        "PATH",
        "MARIADB_PASSWORD_HASH",
        "mysql_password",
    ]);
    let value = (
        r"\s{0,40}",
        select(vec!["", "jdbc:", "x"]),
        "(?i)mysql|mysql2|mariadb|mysqlx|postgres",
        select(vec!["://u:p@h/", "+pymysql://u:p@h/d", "://h/d?password=x", "://h/d", ":p@tcp(h:3306)/", ""]),
    )
        .prop_map(|(space, prefix, scheme, rest)| format!("{space}{prefix}{scheme}{rest}"));
    let env = proptest::collection::vec(
        (name, value).prop_map(|(name, value)| json!({ "name": name, "value": value })),
        0..3,
    );
    let mounts = subsequence(vec!["/var/lib/mysql", "/var/lib/mysql/data/", "/bitnami/mysql", "/data"], 0..3)
        .prop_map(|paths| paths.into_iter().map(|path| json!({ "name": "v", "mountPath": path })).collect::<Vec<_>>());
    let ports = subsequence(vec![80, 3306, 33060, 3307], 0..3)
        .prop_map(|ports| ports.into_iter().map(|port| json!({ "containerPort": port })).collect::<Vec<_>>());
    let words = || {
        proptest::collection::vec(
            select(vec!["mysqld", "sh", "-c", "exec mysqld", "mysqldump", "--port=1", "docker-entrypoint.sh"]),
            0..3,
        )
    };
    (image, env, mounts, ports, words(), words()).prop_map(|(image, env, mounts, ports, command, args)| {
        json!({ "name": "a", "image": image, "env": env, "volumeMounts": mounts, "ports": ports, "command": command, "args": args })
    })
}

proptest! {
    #[test]
    fn nothing_that_the_gate_would_judge_goes_past_it(container in containers(), kind in select(KINDS.to_vec())) {
        thread_local!(static CONDITIONS: Conditions = Conditions::read());
        let object = wrapped(kind.0, kind.1, json!({ "containers": [container] }));
        prop_assert!(!concerns_mysql(&object) || CONDITIONS.with(|conditions| conditions.asks_the_gate(&object)));
    }
}
