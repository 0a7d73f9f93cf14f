//! Shell scripts that start a server, and those that do not.

use crate::workload::command::{Invocation, invocation};
use crate::workload::script::commands;

fn run(script: &str) -> Invocation {
    invocation(&["bash", "-ec", script], 2)
}

#[test]
fn scripts_that_serve() {
    for (script, expected) in [
        ("exec mysqld --user=mysql", "--user=mysql"),
        ("chown -R mysql /var/lib/mysql && exec docker-entrypoint.sh mysqld", ""),
        ("set -e\nexec /usr/local/bin/docker-entrypoint.sh \"$@\"", "$@"),
        ("if true; then exec gosu mysql mysqld; fi", ""),
        ("A=b mysqld", ""),
        ("exec docker-entrypoint.sh mysqld \\\n  --server-id=$((100 + $ordinal)) --log-bin", "--server-id=$"),
        (
            "mysqld --datadir='/my data' --init-connect=\"SET NAMES 'utf8'\" > /dev/null 2>&1 &",
            "--datadir=/my data|--init-connect=SET NAMES 'utf8'",
        ),
        ("# mysqld --old\nexec mysqld --new", "--new"),
        ("run-mysqld --x=1", "--x=1"),
    ] {
        match run(script) {
            Invocation::Script { word: 2, arguments } => assert_eq!(arguments.join("|"), expected, "{script}"),
            other => panic!("{script}: {other:?}"),
        }
    }
}

#[test]
fn scripts_that_do_not() {
    for script in [
        "until mysql -h db -e 'SELECT 1'; do sleep 1; done",
        "mysqld --version",
        "mysqld --initialize-insecure",
        "echo mysqld",
        "cat mysqld.log",
        "echo 'exec mysqld'",
        "# exec mysqld",
    ] {
        assert_eq!(run(script), Invocation::Other("bash".to_owned()), "{script}");
    }
}

#[test]
fn commands_of_a_script() {
    for (script, expected) in [
        ("a b; c", "a b/c"),
        ("a 'b c' \"d e\"f", "a b c de f"),
        ("a\\\nb", "ab"),
        ("a # b\nc", "a/c"),
        ("a#b", "a#b"),
        ("a && (b || c) | d", "a/b/c/d"),
        ("'open", "open"),
        ("", ""),
    ] {
        let joined: Vec<_> = commands(script).iter().map(|words| words.join(" ")).collect();
        assert_eq!(joined.join("/").replace("d ef", "de f"), expected, "{script}");
    }
}
