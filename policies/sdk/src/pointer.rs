//! JSON Pointers (RFC 6901): where something is in the object.

use std::fmt::Display;

/// A pointer further down: `join("/spec", ["template", "metadata"])` is `/spec/template/metadata`.
///
/// Names are escaped, so that a label's name with a slash stays one step; numbers are items of a
/// list.
///
/// ```
/// use tidegate_policy::pointer;
///
/// let label = pointer::join("/metadata/labels", ["app.kubernetes.io/name"]);
/// assert_eq!(label, "/metadata/labels/app.kubernetes.io~1name");
/// assert_eq!(pointer::join("/spec/containers", [0]), "/spec/containers/0");
/// ```
pub fn join<S: Display>(base: &str, steps: impl IntoIterator<Item = S>) -> String {
    let mut pointer = base.to_owned();
    for step in steps {
        pointer.push('/');
        pointer.push_str(&escape(&step.to_string()));
    }
    pointer
}

/// One step as it is written in a pointer: `~` becomes `~0`, and `/` becomes `~1`.
pub fn escape(step: &str) -> String {
    // The order matters: the tilde of `~1` must not be escaped again (RFC 6901, section 4).
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins() {
        assert_eq!(join("", ["spec", "strategy"]), "/spec/strategy");
        assert_eq!(join("/spec", [] as [&str; 0]), "/spec");
        assert_eq!(join("", [""]), "/");
    }

    #[test]
    fn escapes() {
        assert_eq!(escape("a/b~c"), "a~1b~0c");
        assert_eq!(escape("~1"), "~01");
    }
}
