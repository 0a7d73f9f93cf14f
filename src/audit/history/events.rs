//! Events whose message quotes a password.

use serde_json::Value;

use super::kept::{Holder, finding};
use super::known::KnownPasswords;
use crate::audit::report::{ObjectReport, Since};
use crate::own_rules::IN_EVENT;
use crate::workload::{WITHHELD, names_mysql, withhold_text};

const CLEAR: &str = "It goes by itself, within the hour unless the API server was told otherwise (kube-apiserver \
                     --event-ttl); what made it may make the next one.";

/// As much of an Event as an audit needs: there are many.
///
/// It is not `Debug`: its message may hold a password.
pub(in crate::audit) struct Event {
    holder: Holder,
    message: String,
    /// What it is about: `Pod mysql-0`.
    about: String,
    since: Option<Since>,
}

impl Event {
    /// Reads an object of `v1`; none if it says nothing.
    pub(in crate::audit) fn of(object: &Value) -> Option<Self> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let times = ["/firstTimestamp", "/eventTime", "/metadata/creationTimestamp"];
        Some(Self {
            holder: Holder::of(object),
            message: text("/message")?.to_owned(),
            about: format!(
                "{} {}",
                text("/involvedObject/kind").unwrap_or("object"),
                text("/involvedObject/name").unwrap_or_default()
            ),
            since: times.iter().find_map(|at| text(at)).map(|time| Since { time: time.to_owned(), or_earlier: false }),
        })
    }

    /// What a report says of it; nothing if its message quotes no password.
    pub(in crate::audit) fn report(&self, known: &KnownPasswords) -> Option<ObjectReport> {
        let about = &self.about;
        let message = match known.quoted_in(&self.message) {
            Some(place) => format!("the message of this Event on {about} quotes a password that stands in {place} too"),
            None if self.names_a_password() => {
                format!("the message of this Event on {about} quotes what is a password of MySQL by its form")
            }
            None => return None,
        };
        let message = format!("{message}: whoever can read Events has it");
        self.holder.report(None, vec![finding(IN_EVENT.id, "/message".to_owned(), &message, CLEAR, &self.since)])
    }

    fn names_a_password(&self) -> bool {
        (names_mysql(&self.message) || names_mysql(&self.about)) && {
            let shown = withhold_text(&self.message);
            shown != self.message && shown.contains(WITHHELD)
        }
    }
}
