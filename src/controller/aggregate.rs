//! The status that follows from what the replicas say: pure.

use super::in_force::ExceptionStanding;
use super::replica::{Replica, Report};
use super::standing::{Reason, Standing};
use super::status::{
    ACTIVE, ClusterPolicyStatus, Condition, ConditionStatus, PolicyExceptionStatus, READY, ReplicaStatus,
};
use super::text::short;

/// What is known of one policy's object.
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    pub(super) generation: i64,
    /// What became of it in the replica that writes.
    pub(super) own: Option<&'a Standing>,
    /// All replicas, the one that writes among them.
    pub(super) replicas: &'a [Replica],
}

impl Known<'_> {
    /// The status that is to be, after the one that is; `now` is the time for what changes.
    ///
    /// What the condition says is left as it is until every replica has seen this generation, or one could not put it
    /// in force: `kubectl wait` reads its `observedGeneration`.
    pub(super) fn status(&self, before: &ClusterPolicyStatus, now: &str) -> ClusterPolicyStatus {
        let reports: Vec<(&Replica, Option<&Report>)> =
            self.replicas.iter().map(|replica| (replica, replica.policies.get(self.name))).collect();
        let is_current = |report: &Report| report.generation == self.generation;
        let is_seen_by_all = !reports.is_empty() && reports.iter().all(|(_, report)| report.is_some_and(is_current));
        let mut status = before.clone();
        status.replicas = reports
            .iter()
            .map(|(replica, report)| ReplicaStatus {
                name: replica.name.clone(),
                revision: replica.revision.clone(),
                ready: report.is_some_and(|report| is_current(report) && report.reason.is_ready()),
                observed_generation: report.map(|report| report.generation).unwrap_or_default(),
            })
            .collect();
        status.replicas.sort_by(|left, right| left.name.cmp(&right.name));
        if is_seen_by_all {
            status.observed_generation = Some(self.generation);
        }
        if let Some(own) = self.own {
            status.digest.clone_from(&own.in_force.digest);
            status.rules.clone_from(&own.in_force.rules);
            if own.generation == self.generation && own.reason.is_ready() {
                status.resolved.clone_from(&own.in_force.resolved);
                status.resolved_generation = own.in_force.resolved.as_ref().map(|_| own.generation);
            } else if before.resolved_generation != Some(self.generation) {
                status.resolved.clone_from(&own.in_force.resolved);
                // What is in force by the word of an earlier version says nothing of this one's tag.
                if status.resolved != before.resolved {
                    status.resolved_generation = None;
                }
            }
            // Else this version's tag was looked up already. A replica that cannot load what it stood for must not
            // forget that: it would look the tag up anew, and take whatever it was moved to.
        }
        if let Some((is_so, reason, message)) = self.said(&reports, is_seen_by_all) {
            let said = condition(READY, before.ready(), self.generation, (is_so, reason, message), now);
            status.conditions = vec![said];
        }
        status
    }

    /// What the condition is to say; none as long as that is not known.
    fn said(
        &self,
        reports: &[(&Replica, Option<&Report>)],
        is_seen_by_all: bool,
    ) -> Option<(bool, &'static str, String)> {
        let own = self.own.filter(|own| own.generation == self.generation);
        if let Some(own) = own.filter(|own| !own.reason.is_ready()) {
            return Some((false, own.reason.word(), own.message.clone()));
        }
        let current = reports.iter().filter_map(|(replica, report)| Some((replica, (*report)?)));
        let current: Vec<_> = current.filter(|(_, report)| report.generation == self.generation).collect();
        if let Some((replica, report)) = current.iter().find(|(_, report)| !report.reason.is_ready()) {
            let message = format!("replica {}: {}", replica.name, report.summary);
            return Some((false, report.reason.word(), message));
        }
        if !is_seen_by_all {
            return None;
        }
        let missing = current.iter().find(|(_, report)| report.reason == Reason::RightsMissing);
        Some(match (missing, own) {
            (Some((_, report)), _) => (true, report.reason.word(), report.summary.clone()),
            (None, Some(own)) => (true, own.reason.word(), own.message.clone()),
            (None, None) => (true, Reason::Ready.word(), String::new()),
        })
    }
}

/// The status of an exception, after the one that is.
pub(super) fn exception_status(
    standing: &ExceptionStanding,
    before: &PolicyExceptionStatus,
    now: &str,
) -> PolicyExceptionStatus {
    let is_active = before.conditions.iter().find(|condition| condition.type_ == ACTIVE);
    let said = (standing.is_active, standing.reason, standing.message.clone());
    PolicyExceptionStatus {
        observed_generation: Some(standing.generation),
        conditions: vec![condition(ACTIVE, is_active, standing.generation, said, now)],
    }
}

/// The longest message of a condition, in bytes: a document may hold more than its status can.
const LONGEST_MESSAGE: usize = 4_000;

fn condition(
    type_: &str,
    before: Option<&Condition>,
    generation: i64,
    (is_so, reason, message): (bool, &'static str, String),
    now: &str,
) -> Condition {
    let status = if is_so { ConditionStatus::True } else { ConditionStatus::False };
    let since = before.filter(|before| before.status == status).map(|before| before.last_transition_time.as_str());
    Condition {
        type_: type_.to_owned(),
        status,
        observed_generation: Some(generation),
        last_transition_time: since.unwrap_or(now).to_owned(),
        reason: reason.to_owned(),
        message: short(&message, LONGEST_MESSAGE),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeMap;

    use super::super::standing::InForce;
    use super::*;

    fn replica(name: &str, generation: i64, reason: Reason) -> Replica {
        let report = Report { generation, reason, summary: format!("{} there", reason.word()) };
        Replica {
            name: name.to_owned(),
            revision: format!("revision-{generation}"),
            policies: BTreeMap::from([("mine".to_owned(), report)]),
        }
    }

    fn own(generation: i64, reason: Reason) -> Standing {
        Standing {
            generation,
            reason,
            message: format!("{} here", reason.word()),
            summary: String::new(),
            still: None,
            in_force: InForce { digest: Some("sha256:1".to_owned()), ..InForce::default() },
        }
    }

    fn said(
        generation: i64,
        own: Option<&Standing>,
        replicas: &[Replica],
        before: &ClusterPolicyStatus,
    ) -> ClusterPolicyStatus {
        Known { name: "mine", generation, own, replicas }.status(before, "now")
    }

    #[test]
    fn what_the_condition_says() {
        use Reason::{Disabled, DownloadFailed, Ready, RightsMissing};
        let nobody = Replica { policies: BTreeMap::new(), ..replica("b", 0, Ready) };
        for (own_is, others, wanted) in [
            (own(2, Ready), vec![replica("b", 2, Ready)], "True Ready: Ready here (2)"),
            (own(2, Ready), vec![replica("b", 1, Ready)], "none"),
            (own(2, Ready), vec![nobody], "none"),
            (
                own(2, Ready),
                vec![replica("b", 2, DownloadFailed)],
                "False DownloadFailed: replica b: DownloadFailed there (2)",
            ),
            (own(2, DownloadFailed), vec![replica("b", 1, Ready)], "False DownloadFailed: DownloadFailed here (2)"),
            (own(1, DownloadFailed), vec![replica("b", 2, Ready)], "none"),
            (own(2, Ready), vec![replica("b", 2, RightsMissing)], "True RightsMissing: RightsMissing there (2)"),
            (own(2, Disabled), vec![replica("b", 2, Disabled)], "False Disabled: Disabled here (2)"),
        ] {
            let mut replicas = vec![replica("a", own_is.generation, own_is.reason)];
            replicas.extend(others);
            let status = said(2, Some(&own_is), &replicas, &ClusterPolicyStatus::default());
            let told = status.ready().map_or("none".to_owned(), |condition| {
                let Condition { status, reason, message, observed_generation, .. } = condition;
                format!("{status:?} {reason}: {message} ({})", observed_generation.unwrap())
            });
            assert_eq!(told, wanted);
        }
    }

    #[test]
    fn a_digest_is_that_of_the_version_in_force_and_says_which_one_that_is() {
        let with = |resolved: &str, standing: Standing| {
            let in_force = InForce { resolved: Some(resolved.to_owned()), ..standing.in_force };
            Standing { in_force, ..standing }
        };
        let both = |status: &ClusterPolicyStatus| (status.resolved.clone(), status.resolved_generation);
        let first =
            said(1, Some(&with("a", own(1, Reason::Ready))), &[replica("a", 1, Reason::Ready)], &Default::default());
        assert_eq!(both(&first), (Some("a".to_owned()), Some(1)));
        // The next version's tag is not there: what is in force is still that of the first.
        let failed = with("a", own(2, Reason::DownloadFailed));
        let second = said(2, Some(&failed), &[replica("a", 2, Reason::DownloadFailed)], &first);
        assert_eq!((both(&second), second.observed_generation), ((Some("a".to_owned()), Some(1)), Some(2)));
        // Of another leader, which started after that and has nothing in force, nothing follows either.
        let nothing =
            said(2, Some(&own(2, Reason::DownloadFailed)), &[replica("b", 2, Reason::DownloadFailed)], &second);
        assert_eq!(both(&nothing), (None, None));
        let third = said(2, Some(&with("b", own(2, Reason::Ready))), &[replica("a", 2, Reason::Ready)], &second);
        assert_eq!(both(&third), (Some("b".to_owned()), Some(2)));
    }

    #[test]
    fn what_a_tag_was_found_to_stand_for_outlives_a_replica_that_cannot_load_it() {
        let with = |resolved: Option<&str>, standing: Standing| {
            let in_force = InForce { resolved: resolved.map(str::to_owned), ..standing.in_force };
            Standing { in_force, ..standing }
        };
        let before = said(
            2,
            Some(&with(Some("b"), own(2, Reason::Ready))),
            &[replica("a", 2, Reason::Ready)],
            &ClusterPolicyStatus::default(),
        );
        let nothing = Standing { in_force: InForce::default(), ..own(2, Reason::DownloadFailed) };
        for (case, own_is, generation, wanted) in [
            ("a restarted one that has nothing in force", nothing.clone(), 2, (Some("b"), Some(2))),
            ("one that has an earlier one", with(Some("a"), own(2, Reason::DownloadFailed)), 2, (Some("b"), Some(2))),
            ("one that is behind", with(Some("a"), own(1, Reason::Ready)), 2, (Some("b"), Some(2))),
            ("one that loaded it", with(Some("b"), own(2, Reason::Ready)), 2, (Some("b"), Some(2))),
            ("a changed document", Standing { generation: 3, ..nothing }, 3, (None, None)),
        ] {
            let replicas = [replica("b", own_is.generation, own_is.reason)];
            let status = said(generation, Some(&own_is), &replicas, &before);
            assert_eq!((status.resolved.as_deref(), status.resolved_generation), wanted, "{case}");
        }
    }

    #[test]
    fn a_message_is_no_longer_than_a_status_can_hold() {
        let broken = Standing { message: "ä".repeat(1_000_000), ..own(1, Reason::SettingsInvalid) };
        let status = said(1, Some(&broken), &[replica("a", 1, Reason::SettingsInvalid)], &Default::default());
        assert_eq!(status.ready().unwrap().message.len(), LONGEST_MESSAGE);
    }

    #[test]
    fn what_is_told_of_the_replicas_and_of_the_time() {
        let (ready, broken) = (own(1, Reason::Ready), own(2, Reason::CompileFailed));
        let both = |generation, reason| [replica("b", generation, reason), replica("a", generation, reason)];
        let first = Known { name: "mine", generation: 1, own: Some(&ready), replicas: &both(1, Reason::Ready) }
            .status(&ClusterPolicyStatus::default(), "then");
        let names: Vec<_> = first.replicas.iter().map(|replica| replica.name.as_str()).collect();
        assert_eq!((names, first.observed_generation), (vec!["a", "b"], Some(1)));
        let again = said(1, Some(&ready), &both(1, Reason::Ready), &first);
        assert_eq!(again, first, "nothing changed, and so nothing is written");
        let behind = said(2, Some(&ready), &both(1, Reason::Ready), &first);
        assert_eq!((behind.observed_generation, behind.ready()), (Some(1), first.ready()));
        let now = said(2, Some(&broken), &both(2, Reason::CompileFailed), &behind);
        assert_eq!(now.ready().unwrap().last_transition_time, "now");
        assert!(now.replicas.iter().all(|replica| !replica.ready && replica.observed_generation == 2));
    }
}
