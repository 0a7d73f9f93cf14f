//! What may be known of an environment variable's value.

use crate::{EnvValue, EnvVar};

impl EnvVar {
    /// True if something is written in `value` that is not empty and refers to no other variable.
    ///
    /// It may hold a credential: whether it does is another question, see `credential`.
    pub fn is_literal(&self) -> bool {
        self.value.as_ref().is_some_and(|value| !value.is_empty() && !value.has_references())
    }

    /// True if the program will find something in it: a value that is not empty, or one from
    /// elsewhere.
    pub fn is_set(&self) -> bool {
        self.value_from.is_some() || self.value.as_ref().is_some_and(|value| !value.is_empty())
    }

    /// The value as written. None if there is none or it is withheld.
    pub fn plain(&self) -> Option<&str> {
        match &self.value {
            Some(EnvValue::Plain(text)) => Some(text),
            _ => None,
        }
    }
}

impl EnvValue {
    /// True if it is the empty text.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Plain(text) => text.is_empty(),
            Self::Withheld(value) => value.empty,
        }
    }

    /// True if it refers to other variables by `$(NAME)`, which the kubelet replaces.
    pub fn has_references(&self) -> bool {
        match self {
            Self::Plain(text) => has_references(text),
            Self::Withheld(value) => value.references,
        }
    }
}

/// As the kubelet reads it (`third_party/forked/golang/expansion/expand.go` in Kubernetes): `$$` is
/// an escaped dollar, and `$(` without its `)` is text.
fn has_references(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        if after.starts_with('(') && after.contains(')') {
            return true;
        }
        rest = after.strip_prefix('$').unwrap_or(after);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WithheldValue;

    #[test]
    fn finds_references_as_the_kubelet_does() {
        for text in ["$(HOST)", "mysql://$(USER)@db", "$$$(A)", "$a$(B)"] {
            assert!(has_references(text), "{text}");
        }
        for text in ["", "plain", "$HOME", "$$(A)", "$(A", "pa$$word", "$", "a$"] {
            assert!(!has_references(text), "{text}");
        }
    }

    #[test]
    fn a_literal_is_neither_empty_nor_a_reference() {
        let variable = |value| EnvVar {
            at: "/spec/containers/0/env/0".into(),
            name: "MYSQL_PWD".into(),
            value,
            value_from: None,
            credential: true,
        };
        let withheld = |empty, references| Some(EnvValue::Withheld(WithheldValue { empty, references }));
        assert!(variable(withheld(false, false)).is_literal());
        assert!(variable(Some(EnvValue::Plain("x".into()))).is_literal());
        for value in [None, withheld(true, false), withheld(false, true), Some(EnvValue::Plain("$(X)".into()))] {
            assert!(!variable(value).is_literal());
        }
        assert!(!variable(withheld(true, false)).is_set());
        assert!(variable(withheld(false, true)).is_set());
    }
}
