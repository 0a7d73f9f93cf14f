//! Whether two workloads with servers are parts of one database: a primary and its replicas, the nodes
//! of a cluster.

use tidegate_policy::Workload;

use crate::shared::Named;

/// Words that tell the parts of one database apart.
const PARTS: &[&str] = &[
    "active",
    "blue",
    "follower",
    "green",
    "leader",
    "main",
    "master",
    "node",
    "passive",
    "primary",
    "read",
    "reader",
    "readonly",
    "replica",
    "replicas",
    "ro",
    "rw",
    "secondary",
    "slave",
    "slaves",
    "source",
    "standby",
    "write",
    "writer",
];
/// What occurs in the options, variables and images of servers that replicate or form a cluster.
const SIGNS: &[&str] =
    &["galera", "group-replication", "master_host", "pxc", "replication", "wsrep", "xtradb-cluster", "xtradb_cluster"];

/// Whether they are, by their names or because both say that they belong to others.
pub(crate) fn is_one_database(one: Named<'_>, other: Named<'_>) -> bool {
    let (own, own_part) = stem(one.name);
    let (theirs, their_part) = stem(other.name);
    own == theirs && (own_part || their_part) || belongs_to_others(one.workload) && belongs_to_others(other.workload)
}

/// A name without the words and numbers that tell parts apart, and whether there were any:
/// `mysql-replica` and `mysql-1` are both of `mysql`.
fn stem(name: &str) -> (String, bool) {
    let words: Vec<&str> = name.split(['-', '.']).collect();
    let kept: Vec<&str> = words
        .iter()
        .map(|word| word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
        .filter(|word| word.len() > 1 && !PARTS.contains(word))
        .collect();
    let stem = kept.join("-");
    let has_parts = stem != name;
    (stem, has_parts)
}

fn belongs_to_others(workload: &Workload) -> bool {
    workload.servers().any(|(container, server)| {
        let options = server.options.iter().map(|option| option.name.as_str());
        let variables = container.env.iter().map(|variable| variable.name.as_str());
        let words = container.command.iter().chain(&container.args).map(String::as_str);
        options.chain(variables).chain(words).chain([container.image.as_str()]).any(|text| {
            let text = text.to_lowercase();
            SIGNS.iter().any(|sign| text.contains(sign))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_stems() {
        for (name, expected) in [
            ("mysql", ("mysql", false)),
            ("mysql-replica", ("mysql", true)),
            ("shop-mysql-1", ("shop-mysql", true)),
            ("pxc-node3", ("pxc", true)),
            ("mysql-a", ("mysql", true)),
            ("mysql57", ("mysql", true)),
            ("mysql-secondary", ("mysql", true)),
        ] {
            assert_eq!(stem(name), (expected.0.to_owned(), expected.1), "{name}");
        }
    }
}
