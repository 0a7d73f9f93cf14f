//! The rules' texts as they are part of this program; `build.rs` collects them.

/// The file of one rule, `policies/POLICY/rules/RULE.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded {
    /// The policy's folder.
    pub policy: &'static str,
    /// The rule's id, as the file is called.
    pub rule: &'static str,
    /// Its Markdown.
    pub markdown: &'static str,
}

impl Embedded {
    /// Where the file is in the repository.
    pub fn path(&self) -> String {
        format!("policies/{}/rules/{}.md", self.policy, self.rule)
    }
}

include!(concat!(env!("OUT_DIR"), "/rule_texts.rs"));

/// All of them, in the order of the rules.
pub fn embedded() -> &'static [Embedded] {
    RULE_TEXTS
}
