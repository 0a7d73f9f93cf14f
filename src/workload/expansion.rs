//! `$(NAME)` and `$$` in the values of variables, as the kubelet expands them
//! (k8s.io/kubernetes/third_party/forked/golang/expansion).

/// Whether the kubelet would look a variable up: the value is then no literal.
///
/// ```
/// use tidegate::workload::has_references;
/// assert!(has_references("exporter:$(PASSWORD)@(localhost:3306)/"));
/// assert!(!has_references("pa$$(word) $5 $("));
/// ```
pub fn has_references(value: &str) -> bool {
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let after = &rest[at + 1..];
        if let Some(escaped) = after.strip_prefix('$') {
            rest = escaped;
        } else if after.starts_with('(') && after.contains(')') {
            return true;
        } else {
            rest = after;
        }
    }
    false
}

/// What a container sees of a value without references: `$$` is a single `$`. A Secret's data are
/// not expanded, so this is what has to be stored there.
///
/// ```
/// assert_eq!(tidegate::workload::expand_escapes("pa$$word$"), "pa$word$");
/// ```
pub fn expand_escapes(value: &str) -> String {
    let mut result = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..=at]);
        let after = &rest[at + 1..];
        rest = after.strip_prefix('$').unwrap_or(after);
    }
    result.push_str(rest);
    result
}
