//! A cluster from nothing, as the manifests are applied: who gets in, how, and what is replicated.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::cluster::{Cluster, PATIENCE, password};
use crate::wait::eventually;

#[test]
fn a_primary_and_a_replica_come_from_nothing() {
    let watch = CommandLines::watch();
    let Some(mut cluster) = Cluster::new("replicated") else { return };
    cluster.bring_up(0);
    cluster.query(
        "mysql-0",
        "CREATE TABLE app.t (id INT PRIMARY KEY, what TEXT); INSERT INTO app.t VALUES (1, '한국어 🐬')",
    );
    let replica = cluster.start_pod(1);
    cluster.wait_ready(&replica);

    // What was there before the copy, and what came after it.
    cluster.query("mysql-0", "INSERT INTO app.t VALUES (2, '그리고 🌊')");
    let rows = eventually("the second row is replicated", PATIENCE, || {
        let rows = cluster.query("mysql-1", "SELECT what FROM app.t ORDER BY id");
        rows.contains('\n').then_some(rows)
    });
    assert_eq!(rows, "한국어 🐬\n그리고 🌊");

    // Nobody writes to a replica, root neither.
    let refused = cluster.try_query("mysql-1", "INSERT INTO app.t VALUES (3, 'no')");
    assert!(refused.errors.contains("ERROR 1290"), "{refused:?}");

    // The way of the transactions is encrypted.
    let way = "SELECT ssl_allowed, auto_position FROM performance_schema.replication_connection_configuration";
    assert_eq!(cluster.query("mysql-1", way), "YES\t1");
    let cipher = "SELECT COUNT(*) FROM performance_schema.threads WHERE processlist_user = 'replication' \
        AND processlist_command LIKE 'Binlog Dump%' AND connection_type = 'SSL/TLS'";
    assert_eq!(cluster.query("mysql-0", cipher), "1");

    accounts_have_the_least_rights(&mut cluster);
    for name in ["mysql-0", "mysql-1"] {
        who_gets_in(&mut cluster, name);
    }
    let shown = watch.end();
    assert_eq!(shown, None, "a password is on a command line");
    for (file, log) in cluster.logs() {
        let account = ["root", "app", "replication", "clone", "keeper", "backup"].into_iter();
        let mut logged = account.filter(|account| log.contains(&password(account)));
        assert_eq!(logged.next(), None, "{}", file.display());
    }
}

fn accounts_have_the_least_rights(cluster: &mut Cluster) {
    // On the replica: it has what the primary has.
    let users = "SELECT CONCAT(user, '@', host) FROM mysql.user WHERE user NOT LIKE 'mysql.%' ORDER BY 1";
    assert_eq!(
        cluster.query("mysql-1", users),
        "app@%\nbackup@%\nclone@%\nkeeper@127.0.0.1\nreplication@%\nroot@localhost"
    );
    for (account, grants) in [
        ("app@'%'", &["GRANT USAGE ON *.* TO", "GRANT ALL PRIVILEGES ON `app`.* TO"][..]),
        ("replication@'%'", &["GRANT REPLICATION SLAVE ON *.* TO"]),
        ("clone@'%'", &["GRANT USAGE ON *.* TO", "GRANT BACKUP_ADMIN ON *.* TO"]),
        (
            "keeper@'127.0.0.1'",
            &[
                "GRANT USAGE ON *.* TO",
                "GRANT REPLICATION_SLAVE_ADMIN ON *.* TO",
                "GRANT SELECT ON `performance_schema`.* TO",
            ],
        ),
        (
            "backup@'%'",
            &["GRANT SELECT, SHOW VIEW, EVENT, TRIGGER ON *.* TO", "GRANT FLUSH_TABLES,SHOW_ROUTINE ON *.* TO"],
        ),
    ] {
        let shown = cluster.query("mysql-1", &format!("SHOW GRANTS FOR {account}"));
        let shown: Vec<&str> = shown.lines().map(|line| line.split_inclusive(" TO").next().unwrap()).collect();
        assert_eq!(shown, grants, "{account}");
    }
}

fn who_gets_in(cluster: &mut Cluster, name: &str) {
    let login = |user: &str, password: &str, more: &[&str]| {
        let host = format!("-h{name}.mysql");
        let mut words =
            vec!["env".to_owned(), format!("MYSQL_PWD={password}"), "mysql".into(), "--no-defaults".into(), host];
        words.push(format!("-u{user}"));
        words.extend(more.iter().map(|word| (*word).to_owned()));
        words.extend(["-N".into(), "-B".into(), "-e".into(), "SELECT 1".into()]);
        words
    };
    let app = password("app");
    for (words, says) in [
        (login("app", &app, &[]), ""),
        // Without TLS nobody.
        (login("app", &app, &["--ssl-mode=DISABLED"]), "ERROR"),
        (login("replication", &password("replication"), &["--ssl-mode=DISABLED"]), "ERROR"),
        // root and keeper from inside the pod only; nobody without a password.
        (login("root", &password("root"), &[]), "ERROR 1045"),
        (login("keeper", &password("keeper"), &[]), "ERROR 1045"),
        (login("root", "", &["-h127.0.0.1"]), "ERROR 1045"),
        (login("app", "", &[]), "ERROR 1045"),
    ] {
        let outcome = cluster.pod("mysql-0").container("mysql").run(&words, "");
        assert_eq!(outcome.success, says.is_empty(), "{words:?}: {outcome:?}");
        assert!(outcome.errors.contains(says), "{words:?}: {outcome:?}");
    }
}

/// Looks at the command lines of all programs, again and again, for what only a password has.
struct CommandLines {
    ends: Arc<AtomicBool>,
    thread: thread::JoinHandle<Option<String>>,
}

impl CommandLines {
    fn watch() -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let secret = password("");
        let thread = thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                for entry in fs::read_dir("/proc").unwrap().flatten() {
                    let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                    let line = String::from_utf8_lossy(&line).replace('\0', " ");
                    // The test's own, which show that it looks.
                    if line.contains(&secret) && !line.contains("MYSQL_PWD=") {
                        return Some(line);
                    }
                }
                thread::sleep(Duration::from_millis(5));
            }
            None
        });
        Self { ends, thread }
    }

    fn end(self) -> Option<String> {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
