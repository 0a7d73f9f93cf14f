//! The Secret that holds authority and certificate: read, made once, replaced by whoever saw it last.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ObjectMeta, PostParams};
use kube::{Client, Error};
use sha2::{Digest, Sha256};

use super::kept::Kept;

/// Since when both webhook configurations have believed the authorities that are in it, and which those are.
const TRUSTED: &str = "tidegate.dev/authorities-trusted-since";

/// The Secret of one name.
pub(super) struct CertificateSecret {
    api: Api<Secret>,
    name: String,
}

impl CertificateSecret {
    pub(super) fn new(client: Client, namespace: &str, name: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), name: name.to_owned() }
    }

    pub(super) async fn get(&self) -> Result<Option<Secret>, Error> {
        self.api.get_opt(&self.name).await
    }

    /// Makes it. Whether it was made: of several replicas that begin at once, one is the first.
    pub(super) async fn create(&self, kept: &Kept) -> Result<bool, Error> {
        let secret = Secret {
            metadata: ObjectMeta {
                name: Some(self.name.clone()),
                labels: Some([("app.kubernetes.io/name".to_owned(), "tidegate".to_owned())].into()),
                ..ObjectMeta::default()
            },
            type_: Some("kubernetes.io/tls".to_owned()),
            data: Some(kept.data()),
            ..Secret::default()
        };
        done(self.api.create(&PostParams::default(), &secret).await)
    }

    /// Replaces what was read. Whether it was replaced: somebody may have been faster.
    pub(super) async fn replace(
        &self,
        before: &Secret,
        kept: &Kept,
        trusted: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let mut secret = Secret { data: Some(kept.data()), ..before.clone() };
        let annotations = secret.metadata.annotations.get_or_insert_default();
        match trusted {
            Some(since) => annotations.insert(TRUSTED.to_owned(), format!("{since} {}", mark(&kept.bundle()))),
            None => annotations.remove(TRUSTED),
        };
        done(self.api.replace(&self.name, &PostParams::default(), &secret).await)
    }
}

/// Since when these very authorities have been believed.
pub(super) fn trusted_since(secret: &Secret, kept: &Kept) -> Option<Timestamp> {
    let (since, which) = secret.metadata.annotations.as_ref()?.get(TRUSTED)?.split_once(' ')?;
    since.parse().ok().filter(|_| which == mark(&kept.bundle()))
}

/// What tells a bundle from every other one.
fn mark(bundle: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(bundle).into();
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn done(written: Result<Secret, Error>) -> Result<bool, Error> {
    match written {
        Ok(_) => Ok(true),
        Err(Error::Api(status)) if status.is_conflict() || status.is_already_exists() || status.is_not_found() => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
