//! A document as a type of Rust, or the field that does not fit, with its line.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::Document;

/// A field of a document that is missing, unknown, or has a value that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The line, from 1: that of the field, or of its nearest parent that is there.
    pub line: usize,
    /// Where it is, as an RFC 6901 pointer.
    pub pointer: String,
    /// What is wrong with it. It may quote the value.
    pub problem: String,
}

impl Document {
    /// Reads what stands at a pointer, or all of it at `""`.
    ///
    /// # Errors
    /// [`Unfit`], with the pointer from the document's root.
    pub fn read<T: DeserializeOwned>(&self, pointer: &str) -> Result<T, Unfit> {
        let value = self.value.pointer(pointer).unwrap_or(&serde_json::Value::Null);
        serde_path_to_error::deserialize(value).map_err(|error| {
            let pointer = format!("{pointer}{}", inner_pointer(error.path()));
            Unfit { line: self.locations.find(&pointer).line, pointer, problem: in_words(&error.inner().to_string()) }
        })
    }
}

/// A path through a value as an RFC 6901 pointer.
fn inner_pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let token = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&token);
    }
    pointer
}

/// serde's message without the names of types of Rust.
fn in_words(message: &str) -> String {
    match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected a mapping"),
        None => message.replace("expected u8", "expected a whole number from 0 to 255"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Share {
        #[serde(rename = "percent")]
        _percent: u8,
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_line_and_in_plain_words() {
        let told = |text: &str| {
            let document = crate::yaml::parse(text).remove(0).ok().unwrap();
            let unfit = document.read::<BTreeMap<String, Share>>("").unwrap_err();
            (unfit.line, unfit.pointer, unfit.problem)
        };
        for (text, line, pointer, problem) in [
            (
                "a:\n  percent: 300\n",
                2,
                "/a/percent",
                "invalid value: integer `300`, expected a whole number from 0 to 255",
            ),
            ("b: {percent: 1}\na/b: all\n", 2, "/a~1b", "invalid type: string \"all\", expected a mapping"),
            ("a:\n  percent: 3\n  share: 4\n", 3, "/a/share", "unknown field `share`, expected `percent`"),
            ("a: {}\n", 1, "/a", "missing field `percent`"),
        ] {
            assert_eq!(told(text), (line, pointer.to_owned(), problem.to_owned()), "{text}");
        }
    }
}
