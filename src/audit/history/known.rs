//! The passwords that an audit came across, to find them again where nothing else tells that they are some.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::engine::Judged;
use crate::finding::Edit;
use crate::workload::{WITHHELD, expand_escapes, withheld, withhold_text};

/// What is shorter occurs in texts that have nothing to do with it.
const SHORTEST: usize = 6;
/// Small letters alone are a word of some text, unless there are many.
const LONG_WORD: usize = 16;

/// Passwords, and where each stood first. They are compared, and never shown.
#[derive(Default)]
pub(in crate::audit) struct KnownPasswords(Vec<(SecretString, String)>);

impl KnownPasswords {
    /// Remembers the credentials that findings of an object are about.
    pub(in crate::audit) fn learn(&mut self, object: &Value, findings: &[Judged], place: &str) {
        if findings.is_empty() {
            return;
        }
        let shown = withheld(object);
        for judged in findings {
            let at = &judged.finding.at;
            if let (Some(value), Some(shown)) = (object.pointer(at), shown.pointer(at)) {
                self.learn_difference(value, shown, place);
            }
            for edit in &judged.finding.fix {
                if let Edit::MoveToSecret(variable) = edit
                    && let Some(value) = object.pointer(&format!("{variable}/value")).and_then(Value::as_str)
                {
                    self.add(value, place);
                }
            }
        }
    }

    /// Remembers all that may not be shown of a value.
    pub(in crate::audit) fn learn_all(&mut self, value: &Value, place: &str) {
        self.learn_difference(value, &withheld(value), place);
    }

    /// Remembers what differs between a value and what may be shown of it.
    pub(super) fn learn_difference(&mut self, value: &Value, shown: &Value, place: &str) {
        match (value, shown) {
            (Value::String(text), Value::String(shown)) if text != shown => {
                if shown == WITHHELD {
                    self.add(text, place);
                    // An address is hidden whole, and may be quoted in part.
                    self.learn_parts(text, &withhold_text(text), place);
                } else {
                    self.learn_parts(text, shown, place);
                }
            }
            (Value::Array(items), Value::Array(shown)) => {
                items.iter().zip(shown).for_each(|(item, shown)| self.learn_difference(item, shown, place));
            }
            (Value::Object(fields), Value::Object(shown)) => {
                for (key, field) in fields {
                    self.learn_difference(field, shown.get(key).unwrap_or(&Value::Null), place);
                }
            }
            _ => {}
        }
    }

    /// Remembers the parts of a text in whose place the mark stands.
    fn learn_parts(&mut self, text: &str, shown: &str, place: &str) {
        let mut kept = shown.split(WITHHELD);
        let mut rest = kept.next().and_then(|start| text.strip_prefix(start));
        let mut kept = kept.peekable();
        while let (Some(after), Some(next)) = (rest, kept.next()) {
            let end = if kept.peek().is_none() { after.strip_suffix(next).map(str::len) } else { after.find(next) };
            let Some(end) = end else { return };
            self.add(after[..end].trim_matches(['"', '\'']), place);
            rest = after.get(end + next.len()..);
        }
    }

    /// Remembers a password, however it may be written.
    pub(in crate::audit) fn add(&mut self, password: &str, place: &str) {
        for form in [password.to_owned(), expand_escapes(password), in_json(password)] {
            let known = self.0.iter().any(|(known, _)| known.expose_secret() == form);
            if is_telling(&form) && !known {
                self.0.push((SecretString::from(form), place.to_owned()));
            }
        }
    }

    /// A text without them.
    pub(in crate::audit) fn hidden_in(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (password, _)| text.replace(password.expose_secret(), WITHHELD))
    }

    /// Where the password stands that a text quotes, if it quotes one.
    pub(super) fn quoted_in(&self, text: &str) -> Option<&str> {
        self.0.iter().find(|(password, _)| text.contains(password.expose_secret())).map(|(_, place)| place.as_str())
    }
}

/// As it stands in a quoted text.
fn in_json(password: &str) -> String {
    let quoted = Value::from(password).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// Whether a text that holds this password is likely to mean it.
pub(crate) fn is_telling(password: &str) -> bool {
    let is_word = password.bytes().all(|byte| byte.is_ascii_lowercase());
    password.len() >= if is_word { LONG_WORD } else { SHORTEST }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn learned(value: &Value) -> KnownPasswords {
        let mut known = KnownPasswords::default();
        known.learn_all(value, "here");
        known
    }

    #[test]
    fn what_is_withheld_is_known_again() {
        for (value, text) in [
            (serde_json::json!({ "name": "MYSQL_PASSWORD", "value": "correct horse" }), "it is correct horse!"),
            (serde_json::json!({ "name": "MYSQL_PASSWORD", "value": "pa$$word1" }), "it is pa$word1"),
            (serde_json::json!({ "name": "MYSQL_PASSWORD", "value": "a\"b\\c9" }), r#"value: "a\"b\\c9""#),
            (serde_json::json!({ "args": ["mysql -psword1fish -e 'IDENTIFIED BY ''x'''"] }), "sword1fish"),
            (serde_json::json!({ "a": "IDENTIFIED BY 'first-1' and IDENTIFIED BY 'other-2';" }), "other-2"),
            (serde_json::json!({ "name": "MYSQL_URL", "value": "mysql://u:sw0rdfish@db/shop" }), "-psw0rdfish"),
        ] {
            assert_eq!(learned(&value).quoted_in(text), Some("here"), "{text}");
            assert_eq!(learned(&value).quoted_in("no such thing"), None, "{text}");
            assert!(learned(&value).hidden_in(text).contains(WITHHELD), "{text}");
        }
    }

    #[test]
    fn a_word_of_any_text_is_none() {
        let example = serde_json::json!({ "name": "MYSQL_PASSWORD", "value": "password" });
        assert_eq!(learned(&example).quoted_in("MYSQL_PASSWORD is the password"), None);
    }
}
