//! Objects that an operator or another object manages: it would undo a repair, or be confused by it.

use serde_json::Value;

/// Values of `app.kubernetes.io/managed-by` that operators for MySQL set on what they make.
///
/// Helm is not among them: it applies what its user wrote. Sources: the label code of
/// mysql/mysql-operator, percona/percona-server-mysql-operator,
/// percona/percona-xtradb-cluster-operator, mariadb-operator/mariadb-operator.
const OPERATORS: &[&str] = &[
    "mysql-operator",
    "percona-server-mysql-operator",
    "percona-server-operator",
    "percona-xtradb-cluster-operator",
    "mariadb-operator",
    "mysql.presslabs.org",
];

/// Whether the object's labels say that an operator manages it.
pub fn is_operator_managed(object: &Value) -> bool {
    object
        .pointer("/metadata/labels/app.kubernetes.io~1managed-by")
        .and_then(Value::as_str)
        .is_some_and(|manager| OPERATORS.contains(&manager))
}

/// Whether another object controls this one: an owner with `controller: true`.
pub fn is_controlled(object: &Value) -> bool {
    object
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array)
        .is_some_and(|owners| owners.iter().any(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true)))
}
