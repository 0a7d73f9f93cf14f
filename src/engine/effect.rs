//! What has to be done outside before the answer is given. The engine only names it.

use secrecy::SecretString;

/// One entry of a Secret that must be there, with this value, before the object may pass.
///
/// `Debug` prints no value, and the value is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct SecretEntry {
    /// The namespace; none in an audit of a file that does not say one.
    pub namespace: Option<String>,
    /// The Secret's name.
    pub secret: String,
    /// The key in it.
    pub key: String,
    /// The value, as the container is to see it.
    pub value: SecretString,
    /// The kind of the workload that it belongs to, for instance `Deployment`.
    pub owner_kind: String,
    /// The name of the workload, or its `generateName`.
    pub owner_name: String,
    /// The container whose variable it was.
    pub container: String,
    /// The variable that it was.
    pub variable: String,
}
