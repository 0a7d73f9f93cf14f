//! A policy's code as it is found, and what finds it.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::document::PolicyDocument;

/// What the addresses of code begin with that is part of this program.
pub const BUILTIN: &str = "builtin://";
/// What the addresses of files begin with.
pub const FILE: &str = "file://";

/// A policy's component, and what it is known by.
#[derive(Clone)]
pub struct Code {
    /// The component's bytes.
    pub component: Cow<'static, [u8]>,
    /// `sha256:…` of the component.
    pub digest: String,
    /// Where exactly it was found, if that says more than the document: a tag's digest in its registry.
    pub resolved: Option<String>,
}

impl Code {
    /// The code of a component.
    pub fn new(component: impl Into<Cow<'static, [u8]>>) -> Self {
        let component = component.into();
        Self { digest: digest_of(&component), component, resolved: None }
    }
}

/// Finds the code that a document names.
///
/// Calls may block for as long as a download takes.
pub trait CodeSource: Send + Sync {
    /// The code of a document; `file` is where the document was read from, from whose folder relative paths are meant.
    ///
    /// # Errors
    /// What is wrong with `spec.module`, and the way out, for whoever wrote the document.
    fn code(&self, file: &str, document: &PolicyDocument) -> Result<Code, String>;
}

/// `sha256:…` of a component's bytes.
pub fn digest_of(component: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(component) {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
