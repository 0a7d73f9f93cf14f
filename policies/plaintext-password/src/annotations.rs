//! Passwords in annotations: commands that backup tools run, and what people note there.

use std::collections::BTreeMap;

use tidegate_policy::{Finding, Value, pointer, raw};

use crate::form::Form;
use crate::hidden::Hidden;
use crate::names::{WITHHELD, is_mysql_text, is_password, sounds_secret};
use crate::places::{password_in_script, password_in_words, worth_a_look};

/// What `kubectl apply` keeps of the whole manifest; what is wrong in that is said where it stands.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The passwords in the annotations of an object or a pod template, whose metadata is at `metadata`.
pub(crate) fn judge(metadata: &str, hidden: &Hidden<'_>) -> Vec<Finding> {
    let at = format!("{metadata}/annotations");
    let annotations = raw::at::<BTreeMap<String, String>>(&at).unwrap_or_default();
    annotations
        .iter()
        .filter(|(key, text)| *key != LAST_APPLIED && worth_a_look(text))
        .filter_map(|(key, text)| {
            let form = password_in_annotation(key, text)?;
            let help = match &form {
                Form::Argument(_) | Form::Variable(_) if text != WITHHELD => form.instead("MYSQL_PASSWORD"),
                _ => "Take it out, and keep it in a Secret".to_owned(),
            };
            Some(hidden.finding(&pointer::join(&at, [key]), &format!("the annotation {key}"), &form, &help))
        })
        .collect()
}

fn password_in_annotation(key: &str, text: &str) -> Option<Form> {
    if text == WITHHELD {
        // Hidden for its key, or else for being the address of a MySQL server.
        return match (is_password(key), sounds_secret(key)) {
            (true, _) => Some(Form::Variable(key.to_owned())),
            (false, true) => None,
            (false, false) => Some(Form::Address),
        };
    }
    // Velero's hooks are lists of words in JSON.
    if let Ok(Value::Array(words)) = text.parse::<Value>() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return password_in_words(&words, false).map(|(_, form)| form);
    }
    password_in_script(text, is_mysql_text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_passwords_in_annotations() {
        let found = |key, text| password_in_annotation(key, text).is_some();
        assert!(found("hook", r#"["/bin/sh", "-c", "mysql -uroot -p<withheld> -e 'FLUSH TABLES'"]"#));
        assert!(found("hook", "mysql -uroot -p<withheld> -e 'FLUSH TABLES'"));
        assert!(found("note", "mysql://shop:<withheld>@mysql/shop"));
        assert!(found("mysql-root-password", "<withheld>"));
        assert!(found("note", "<withheld>"));
        assert!(!found("redis-password", "<withheld>"));
        assert!(!found("hook", r#"["/bin/sh", "-c", "mysql -uroot -p\"$MYSQL_ROOT_PASSWORD\""]"#));
        assert!(!found("vault", "{{- with secret }}mysql://a:<withheld>@b{{ end }}"));
    }
}
