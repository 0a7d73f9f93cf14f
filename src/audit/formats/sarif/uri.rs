//! The URI of a file, as RFC 3986 wants it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters and the slash. A colon would make a scheme of what is before it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A reference relative to where the audit was started, or a `file:` URI if the path is absolute.
pub(super) fn of_file(path: &str) -> String {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(path, ENCODED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references() {
        for (path, expected) in [
            ("k8s/mysql.yaml", "k8s/mysql.yaml"),
            ("./k8s//mysql.yaml", "k8s//mysql.yaml"),
            ("../mysql.yaml", "../mysql.yaml"),
            ("/etc/mysql.yaml", "file:///etc/mysql.yaml"),
            ("<stdin>", "%3Cstdin%3E"),
            ("a b/ü#1?.yaml", "a%20b/%C3%BC%231%3F.yaml"),
            ("http:x/100%.yaml", "http%3Ax/100%25.yaml"),
            (".//etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(of_file(path), expected);
        }
    }
}
