//! The Secret with the passwords: made once, and never shown.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret};
use kube::Error;
use kube::api::{Api, ObjectMeta, PostParams};

use super::{DeployError, Kind, MANAGER, Options, PASSWORDS, Passwords};
use crate::objects::{ObjectError, Objects, refused};

/// As the scripts of `manifests/` want them: 32 letters and digits, of 190 bits.
const LENGTH: usize = 32;
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Sees to it that every account has a password.
///
/// # Errors
/// [`DeployError::LostPasswords`] if there may be data that were made with others;
/// [`DeployError::IncompletePasswords`].
pub(super) async fn provide(objects: &Objects, options: &Options) -> Result<Passwords, DeployError> {
    if let Some(found) = find(objects, options).await? {
        return Ok(found);
    }
    let Options { kind, namespace, .. } = options;
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(objects.client(), namespace);
    let claim = claims.get_opt(kind.first_claim()).await;
    let title = || format!("PersistentVolumeClaim {namespace}/{}", kind.first_claim());
    if claim.map_err(|error| refused(title(), &error))?.is_some() {
        return Err(DeployError::LostPasswords { claim: kind.first_claim(), namespace: namespace.clone() });
    }
    let mut passwords = BTreeMap::new();
    for account in kind.accounts() {
        passwords.insert((*account).to_owned(), password()?);
    }
    create(objects, *kind, namespace, passwords).await
}

/// What there is; none if there is no Secret.
async fn find(objects: &Objects, options: &Options) -> Result<Option<Passwords>, DeployError> {
    let Options { kind, namespace, .. } = options;
    let secrets: Api<Secret> = Api::namespaced(objects.client(), namespace);
    let found = secrets.get_opt(PASSWORDS).await.map_err(|error| refused(title(namespace), &error))?;
    let Some(found) = found else { return Ok(None) };
    let data = found.data.unwrap_or_default();
    let missing: Vec<&str> =
        kind.accounts().iter().copied().filter(|account| !data.get(*account).is_some_and(is_fit)).collect();
    match missing.as_slice() {
        [] => Ok(Some(Passwords::Kept)),
        // Nobody's server has to have that account.
        ["backup"] => Ok(Some(Passwords::KeptWithoutBackups)),
        _ => Err(DeployError::IncompletePasswords { namespace: namespace.clone(), missing }),
    }
}

/// As `manifests/scripts/common.sh` wants them: they go into statements.
fn is_fit(password: &ByteString) -> bool {
    (1..=LENGTH).contains(&password.0.len()) && password.0.iter().all(u8::is_ascii_alphanumeric)
}

async fn create(
    objects: &Objects,
    kind: Kind,
    namespace: &str,
    passwords: BTreeMap<String, String>,
) -> Result<Passwords, DeployError> {
    let secrets: Api<Secret> = Api::namespaced(objects.client(), namespace);
    let label = |name: &str, value: &str| (format!("app.kubernetes.io/{name}"), value.to_owned());
    let labels = BTreeMap::from([label("name", "mysql"), label("instance", kind.instance())]);
    let metadata = ObjectMeta { name: Some(PASSWORDS.to_owned()), labels: Some(labels), ..ObjectMeta::default() };
    let secret = Secret { metadata, string_data: Some(passwords), ..Secret::default() };
    let parameters = PostParams { field_manager: Some(MANAGER.to_owned()), dry_run: false };
    match secrets.create(&parameters, &secret).await {
        Ok(_) => Ok(Passwords::Made),
        // Somebody else deploys at the same time.
        Err(Error::Api(status)) if status.is_already_exists() => Ok(Passwords::Kept),
        // Whoever refuses it may say what was in it.
        Err(Error::Api(status)) if says_a_value(&status.message, &secret) => {
            let problem = format!("{}; what was said of it is not repeated here", status.reason);
            Err(ObjectError::Refused { object: title(namespace), problem }.into())
        }
        Err(error) => Err(refused(title(namespace), &error).into()),
    }
}

fn says_a_value(message: &str, secret: &Secret) -> bool {
    secret.string_data.iter().flat_map(BTreeMap::values).any(|value| message.contains(value.as_str()))
}

fn title(namespace: &str) -> String {
    format!("Secret {namespace}/{PASSWORDS}")
}

/// A new one, each letter as likely as any other.
fn password() -> Result<String, DeployError> {
    let mut password = String::with_capacity(LENGTH);
    while password.len() < LENGTH {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).map_err(|error| DeployError::NoRandomness(error.to_string()))?;
        // 248 is four times 62: what is above would make some letters likelier.
        let even = bytes.iter().filter(|byte| **byte < 248);
        password.extend(even.map(|byte| char::from(LETTERS[usize::from(byte % 62)])).take(LENGTH - password.len()));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, password};

    #[test]
    fn passwords_are_as_the_scripts_want_them_and_differ() {
        let all: std::collections::BTreeSet<String> = (0..100).map(|_| password().unwrap()).collect();
        assert_eq!(all.len(), 100);
        assert!(all.iter().all(|one| one.len() == LENGTH && one.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    }
}
