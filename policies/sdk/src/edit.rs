//! Building the steps of a repair.

use serde::Serialize;

use crate::types::SecretMove;
use crate::{Edit, EnvVar, failure};

impl Edit {
    /// Sets the value at a place, and makes its parents as objects where they are missing.
    ///
    /// ```
    /// use tidegate_policy::{Edit, json};
    ///
    /// Edit::set("/spec/strategy", json!({ "type": "Recreate" }));
    /// Edit::set("/spec/template/spec/terminationGracePeriodSeconds", 120);
    /// ```
    pub fn set(at: impl Into<String>, value: impl Serialize) -> Self {
        Self::Set((at.into(), to_json(&value)))
    }

    /// Appends to the list at a place, and makes the list and its parents where they are missing.
    pub fn append(to: impl Into<String>, value: impl Serialize) -> Self {
        Self::Append((to.into(), to_json(&value)))
    }

    /// Takes the value at a place away. It must be there.
    pub fn remove(at: impl Into<String>) -> Self {
        Self::Remove(at.into())
    }

    /// Moves the literal value of an environment variable into a Secret. The host chooses the
    /// Secret's name and makes it.
    pub fn move_to_secret(variable: &EnvVar) -> Self {
        Self::MoveToSecret(SecretMove { variable: variable.at.clone() })
    }
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        failure::record(|| format!("an edit's value is no JSON: {error}"));
        "null".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_json() {
        assert_eq!(Edit::set("/a", "x"), Edit::Set(("/a".into(), r#""x""#.into())));
        assert_eq!(Edit::append("/a", [1, 2]), Edit::Append(("/a".into(), "[1,2]".into())));
    }

    #[test]
    fn what_is_no_json_fails_the_review() {
        let _ = Edit::set("/a", std::collections::BTreeMap::from([([1, 2], 3)]));
        assert!(failure::take().is_some_and(|text| text.starts_with("an edit's value is no JSON: ")));
        assert_eq!(failure::take(), None);
    }
}
