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
    // Behind the last `)` nothing can be closed.
    let Some(last) = value.rfind(')') else { return false };
    let mut rest = &value[..=last];
    while let Some(at) = rest.find('$') {
        let after = &rest[at + 1..];
        if let Some(escaped) = after.strip_prefix('$') {
            rest = escaped;
        } else if after.starts_with('(') {
            return true;
        } else {
            rest = after;
        }
    }
    false
}

/// References to secret stores, which something in the cluster replaces before the program sees them:
/// bank-vaults, External Secrets' and vals' forms, 1Password's, Akeyless', Azure's.
const STORES: &[&str] = &[
    "vault:",
    "bao:",
    "akeyless:",
    "op://",
    "ref+",
    "arn:aws:secretsmanager:",
    "arn:aws:ssm:",
    "gcp:secretmanager:",
    "sm://",
    "berglas://",
];

/// Whether a value is left over from a template (`${NAME}`, `{{ … }}`, `<password>`, `$NAME`) or refers
/// to a secret store (`vault:secret/data/db#password`). It stands for a value that somebody else puts
/// in, and is none itself.
///
/// ```
/// use tidegate::workload::is_placeholder;
/// assert!(is_placeholder("${PASSWORD}") && is_placeholder("mysql://u:{{ .pw }}@db") && is_placeholder("<password>"));
/// assert!(is_placeholder("vault:secret/data/mysql#root"));
/// assert!(!is_placeholder("pa$$word") && !is_placeholder("a<b>c"));
/// ```
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
    };
    STORES.iter().any(|store| value.starts_with(store))
        || value.ends_with("@azurekeyvault")
        || value.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
        || value.split_once("{{").is_some_and(|(_, rest)| rest.contains("}}"))
        || (value.starts_with('<') && value.ends_with('>'))
        || value.strip_prefix('$').is_some_and(is_name)
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
