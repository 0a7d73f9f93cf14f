//! MY030: replicas that are copied each from the one before it must be made one after the other.

use tidegate_policy::{Finding, Severity, raw};

use crate::{AT_ONCE, Scene};

/// Programs and statements that bring the data over.
const COPIES: &[&str] = &[
    "clone instance",
    "mariabackup",
    "mariadb-backup",
    "mariadb-dump",
    "mbstream",
    "mydumper",
    "mysqldump",
    "ncat",
    "rsync",
    "socat",
    "xbstream",
    "xtrabackup",
];

pub(crate) fn judge(scene: &Scene<'_>) -> Option<Finding> {
    scene.replicas?;
    let written: Option<String> = raw::at("/spec/podManagementPolicy");
    if written.as_deref() == Some("OrderedReady") {
        return None;
    }
    let copied = scene.workload.containers.iter().filter(|container| container.is_init()).any(|container| {
        container.command.iter().chain(&container.args).any(|word| copies_from_previous(&word.to_lowercase()))
    });
    // A script that stands in a ConfigMap.
    if !copied && !(scene.signs)().scripts.iter().any(|script| copies_from_previous(script)) {
        return None;
    }
    if written.as_deref() == Some("Parallel") {
        let message = "every new replica is copied from the one before it, and Parallel makes all at once: a copy may \
                       be of a server that has no data yet, and end up empty";
        return Some(Finding::new(&AT_ONCE, "/spec/podManagementPolicy", message).help(
            "Write OrderedReady. On a StatefulSet that is there it cannot be changed: delete it with \
             --cascade=orphan, and apply it again",
        ));
    }
    let message = "every new replica is copied from the one before it, which goes well only because podManagementPolicy \
                   is not set, and so is OrderedReady";
    Some(
        Finding::new(&AT_ONCE, "/spec", message)
            .severity(Severity::Info)
            .help("Write podManagementPolicy: OrderedReady, so that nobody makes it Parallel to speed things up"),
    )
}

/// Whether a script, in lower case, copies data from the server with the number before its own.
fn copies_from_previous(script: &str) -> bool {
    if !COPIES.iter().any(|program| script.contains(program)) {
        return false;
    }
    let dense: String =
        script.chars().filter(|letter| !letter.is_whitespace() && !"${}\"'".contains(*letter)).collect();
    // $(($ordinal-1)), $[ordinal - 1], `expr $ordinal - 1`, let "previous = ordinal - 1"
    ["-1))", "-1]"].iter().any(|end| dense.match_indices(end).any(|(at, _)| follows_a_name(&dense[..at])))
        || script.lines().any(|line| (line.contains("expr ") || line.contains("let ")) && line.contains("- 1"))
}

fn follows_a_name(before: &str) -> bool {
    before.ends_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_server_before() {
        for script in [
            "ncat --recv-only mysql-$(($ordinal-1)).mysql 3307 | xbstream -x -c /var/lib/mysql",
            "socat tcp:mysql-$(( ordinal - 1 )).mysql:3307 stdout | xbstream -x",
            "previous=$((${ordinal} - 1))\nmysqldump -h db-$previous",
            "previous=`expr $ordinal - 1`; rsync db-$previous:/data /data",
        ] {
            assert!(copies_from_previous(script), "{script}");
        }
        for script in [
            "ncat --recv-only mysql-0.mysql 3307 | xbstream -x",
            "echo mysql-$(($ordinal-1))",
            "ncat x; echo server-id=$((100 + $ordinal))",
            "xtrabackup --prepare; retries=$((10-1))",
        ] {
            assert!(!copies_from_previous(script), "{script}");
        }
    }
}
