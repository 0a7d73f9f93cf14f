//! Which rules a policy's cases show: firing, and not firing.

use serde::Serialize;

use super::run::Judgement;
use crate::policy::Description;

/// Which rules are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The rules, as the policy describes them.
    pub rules: Vec<RuleCoverage>,
}

/// How often a rule is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCoverage {
    /// Its id.
    pub rule: String,
    /// What is wrong when it fires.
    pub title: String,
    /// In how many cases it fires.
    pub fires: usize,
    /// In how many the policy is asked, and it does not.
    pub silent: usize,
}

impl Coverage {
    /// Of no case yet.
    pub fn of(description: &Description) -> Self {
        let rules = description.rules.iter();
        let none = |rule: &crate::finding::Rule| RuleCoverage {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            fires: 0,
            silent: 0,
        };
        Self { rules: rules.map(none).collect() }
    }

    /// Counts a case. One in which the policy is not asked, or fails, shows nothing.
    pub fn add(&mut self, judgement: &Judgement) {
        let evaluation = &judgement.evaluation;
        if evaluation.asked.is_empty() || !evaluation.failures.is_empty() {
            return;
        }
        for rule in &mut self.rules {
            let fires = evaluation.findings.iter().any(|found| found.finding.rule == rule.rule);
            *(if fires { &mut rule.fires } else { &mut rule.silent }) += 1;
        }
    }

    /// The rules that lack a case, each as a sentence.
    pub fn gaps(&self) -> Vec<String> {
        let lacks = |rule: &RuleCoverage, what: &str| format!("{} lacks a case in which it {what}", rule.rule);
        self.rules
            .iter()
            .flat_map(|rule| {
                let fires = (rule.fires == 0).then(|| format!("{}: {}", lacks(rule, "fires"), rule.title));
                let silent = (rule.silent == 0).then(|| lacks(rule, "does not fire"));
                fires.into_iter().chain(silent)
            })
            .collect()
    }

    /// How many rules lack no case.
    pub fn whole(&self) -> usize {
        self.rules.iter().filter(|rule| rule.fires > 0 && rule.silent > 0).count()
    }
}
