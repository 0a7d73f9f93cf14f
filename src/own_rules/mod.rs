//! The rules that belong to no policy: audits compare files with a cluster by them, and look through what keeps old
//! passwords; and the gate names policies by them that work against each other. And which rules there are beside those
//! of the policies in force.

use crate::finding::Severity;

/// What reports call who finds what no policy finds.
pub const FINDER: &str = "tidegate";

/// A rule that belongs to no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnRule {
    /// The rule's id.
    pub id: &'static str,
    /// One line: what is wrong when it fires.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Who finds it, in place of a policy.
    pub found_by: &'static str,
    /// What there is to say of it, in the form of `policies/NAME/rules/`.
    pub markdown: &'static str,
}

/// Where files are compared with what runs.
const BESIDE: &str = "audits of files beside a cluster find it";
/// Where old passwords are looked for.
const HISTORY: &str = "only audits with --history find it";

/// The cluster has a field of a file otherwise.
pub const DIFFERS: OwnRule = OwnRule {
    id: "TG001",
    title: "the cluster has something else than the file",
    severity: Severity::Low,
    found_by: BESIDE,
    markdown: include_str!("TG001.md"),
};
/// The cluster does not have an object of a file.
pub const NOWHERE: OwnRule = OwnRule {
    id: "TG002",
    title: "an object of a file is not in the cluster",
    severity: Severity::Info,
    found_by: BESIDE,
    markdown: include_str!("TG002.md"),
};
/// No file has an object of the cluster.
pub const IN_NO_FILE: OwnRule = OwnRule {
    id: "TG003",
    title: "an object of the cluster is in none of the files",
    severity: Severity::Low,
    found_by: BESIDE,
    markdown: include_str!("TG003.md"),
};
/// Policies undo each other's repairs.
pub const FIGHT: OwnRule = OwnRule {
    id: "TG004",
    title: "policies repair the same field against each other",
    severity: Severity::High,
    found_by: "the gate finds it, and so does every audit",
    markdown: include_str!("TG004.md"),
};
/// A release of Helm keeps a password among its values.
pub const IN_VALUES: OwnRule = OwnRule {
    id: "KEPT001",
    title: "the values of a Helm release hold a password in plain text",
    severity: Severity::High,
    found_by: HISTORY,
    markdown: include_str!("KEPT001.md"),
};
/// An Event quotes a password.
pub const IN_EVENT: OwnRule = OwnRule {
    id: "KEPT002",
    title: "an Event quotes a password",
    severity: Severity::High,
    found_by: HISTORY,
    markdown: include_str!("KEPT002.md"),
};

/// All of them, in the order in which they are listed.
pub const OWN_RULES: [OwnRule; 6] = [IN_VALUES, IN_EVENT, DIFFERS, NOWHERE, IN_NO_FILE, FIGHT];

include!(concat!(env!("OUT_DIR"), "/rule_ids.rs"));

/// The rules of this program, whatever policies are in force: those of the built-in policies, and its own.
pub fn all_ids() -> Vec<&'static str> {
    RULE_IDS.iter().copied().chain(OWN_RULES.map(|rule| rule.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_there_once() {
        let mut ids = all_ids();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
