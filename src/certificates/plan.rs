//! What is to be done about the authority and the certificate: pure.
//!
//! An authority is followed by another without a moment in which the gate is not believed: first both are believed
//! (`caBundle` holds them), then the certificate is signed by the new one, and the old one is forgotten.

use jiff::{SignedDuration, Timestamp};

/// So long before its end a certificate is replaced: a third of its life, in which many tries may fail.
const CERTIFICATE_RENEWAL: SignedDuration = days(30);
/// So long before its end an authority is.
const AUTHORITY_RENEWAL: SignedDuration = days(240);
/// From when a new authority stands in both webhook configurations until every API server has heard of it. They watch
/// the configurations, and hear of a change within seconds.
const SETTLE: SignedDuration = SignedDuration::from_mins(2);
/// From the new authority's first certificate until every replica has it. They watch the Secret.
const RETENTION: SignedDuration = days(1);

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dates {
    /// Whose it is.
    pub(super) subject: Vec<u8>,
    /// Who signed it.
    pub(super) issuer: Vec<u8>,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stand {
    /// The newest first.
    pub(super) authorities: Vec<Dates>,
    pub(super) certificate: Dates,
    /// Since when all of them stand in both webhook configurations.
    pub(super) trusted_since: Option<Timestamp>,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing now.
    Nothing,
    /// Begin anew: what there is, nobody believes any more.
    Anew,
    /// Make another authority beside the one that there is.
    Authority,
    /// Sign another certificate by the newest authority.
    Certificate,
    /// Forget all authorities but the newest.
    Forget,
}

impl Step {
    /// That it was done, for the log.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Nothing => "nothing was to be done",
            Self::Anew => "another authority and a certificate by it were made: nobody could believe the ones before",
            Self::Authority => "another authority was made beside the one that ends",
            Self::Certificate => "another certificate was made",
            Self::Forget => "the authority before the newest is believed no more",
        }
    }
}

/// What is to be done next.
pub(super) fn next(stand: &Stand, now: Timestamp) -> Step {
    let Some(newest) = stand.authorities.first() else { return Step::Anew };
    let is_over = |dates: &Dates| dates.until <= now;
    let is_near = |dates: &Dates, before: SignedDuration| dates.until.duration_since(now) <= before;
    let signer = stand.authorities.iter().find(|authority| authority.subject == stand.certificate.issuer);
    if is_over(newest) || signer.is_none() {
        return Step::Anew;
    }
    let is_settled = stand.trusted_since.is_some_and(|since| now.duration_since(since) >= SETTLE);
    let is_of_newest = signer == Some(newest);
    if !is_of_newest {
        // Where the old one has ended, nobody is left to be kept.
        let is_old_over = is_over(&stand.certificate) || signer.is_some_and(is_over);
        return if is_settled || is_old_over { Step::Certificate } else { Step::Nothing };
    }
    if is_near(&stand.certificate, CERTIFICATE_RENEWAL) {
        return Step::Certificate;
    }
    if stand.authorities.len() > 1 {
        let is_everywhere = now.duration_since(stand.certificate.from) >= RETENTION + days(1);
        return if is_everywhere { Step::Forget } else { Step::Nothing };
    }
    if is_near(newest, AUTHORITY_RENEWAL) { Step::Authority } else { Step::Nothing }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        "2027-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + days(day)
    }

    /// A certificate of the first letter, signed by the second, made on a day.
    fn dates(names: [u8; 2], made: i64, life: i64) -> Dates {
        let [subject, issuer] = names;
        Dates { subject: vec![subject], issuer: vec![issuer], from: day(made - 1), until: day(made + life) }
    }

    fn stand(authorities: &[(u8, i64)], certificate: (u8, i64), trusted_since: Option<i64>) -> Stand {
        Stand {
            authorities: authorities.iter().map(|(name, made)| dates([*name, *name], *made, 730)).collect(),
            certificate: dates([b'c', certificate.0], certificate.1, 90),
            trusted_since: trusted_since.map(day),
        }
    }

    #[test]
    fn each_step_comes_when_it_is_due_and_not_before() {
        let one = |made| stand(&[(b'a', 0)], (b'a', made), Some(0));
        let two = |trusted| stand(&[(b'b', 500), (b'a', 0)], (b'a', 480), trusted);
        for (about, stand, at, step) in [
            ("young", one(0), 1, Step::Nothing),
            ("the day before a certificate is due", one(0), 59, Step::Nothing),
            ("a certificate is due", one(0), 60, Step::Certificate),
            ("it has ended", one(0), 100, Step::Certificate),
            ("an authority is due", one(480), 490, Step::Authority),
            ("an authority is not due yet", one(480), 489, Step::Nothing),
            ("nobody believes the new one yet", two(None), 501, Step::Nothing),
            ("API servers have yet to hear of it", two(Some(501)), 501, Step::Nothing),
            ("they have", two(Some(501)), 502, Step::Certificate),
            ("nobody believes the new one, and the old certificate has ended", two(None), 571, Step::Certificate),
            (
                "some replicas may have the old one",
                stand(&[(b'b', 500), (b'a', 0)], (b'b', 502), Some(501)),
                502,
                Step::Nothing,
            ),
            ("none has", stand(&[(b'b', 500), (b'a', 0)], (b'b', 502), Some(501)), 504, Step::Forget),
            ("the authority has ended", one(700), 730, Step::Anew),
            ("signed by somebody else", stand(&[(b'a', 0)], (b'x', 0), Some(0)), 1, Step::Anew),
            ("none", stand(&[], (b'a', 0), None), 1, Step::Anew),
        ] {
            assert_eq!(next(&stand, day(at)), step, "{about}");
        }
    }

    /// Followed for twenty years, day by day, the gate has always a certificate that all believe.
    #[test]
    fn there_is_never_a_day_without() {
        let (mut stand, mut name) = (stand(&[(b'a', 0)], (b'a', 0), Some(0)), b'a');
        let mut steps = Vec::new();
        for today in 0..7300 {
            let step = next(&stand, day(today));
            match step {
                Step::Nothing => {}
                Step::Authority => {
                    name += 1;
                    stand.authorities.insert(0, dates([name, name], today, 730));
                    stand.trusted_since = None;
                }
                Step::Certificate => stand.certificate = dates([b'c', name], today, 90),
                Step::Forget => stand.authorities.truncate(1),
                Step::Anew => panic!("day {today}: {stand:?}"),
            }
            if step != Step::Nothing {
                steps.push(step);
            }
            // Whoever writes the configurations is away every other day.
            if today % 2 == 0 && stand.trusted_since.is_none() {
                stand.trusted_since = Some(day(today));
            }
            let is_valid = |dates: &Dates| dates.from <= day(today) && day(today) < dates.until;
            let signer = stand.authorities.iter().find(|one| one.subject == stand.certificate.issuer);
            assert!(is_valid(&stand.certificate) && signer.is_some_and(is_valid), "day {today}");
        }
        let count = |step| steps.iter().filter(|one| **one == step).count();
        assert!((14..=16).contains(&count(Step::Authority)) && count(Step::Certificate) > 100, "{steps:?}");
    }
}
