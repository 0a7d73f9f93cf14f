//! Texts that are written once, however often they are meant.

use std::collections::HashMap;

use annotate_snippets::normalize_untrusted_str;

/// Texts in the order in which they were first met. Rules, policies, help and the lines of manifests are the same in
/// most objects.
#[derive(Default)]
pub(super) struct Texts {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Texts {
    /// The number of a text, which is put in if it is new.
    pub(super) fn number(&mut self, raw: &str) -> usize {
        if let Some(number) = self.numbers.get(raw) {
            return *number;
        }
        let number = self.all.len();
        self.all.push(normalize_untrusted_str(raw));
        self.numbers.insert(raw.to_owned(), number);
        number
    }

    /// The number of a text, if there is one.
    pub(super) fn number_if(&mut self, raw: Option<&str>) -> Option<usize> {
        raw.map(|raw| self.number(raw))
    }

    /// All of them.
    pub(super) fn into_all(self) -> Vec<String> {
        self.all
    }
}
