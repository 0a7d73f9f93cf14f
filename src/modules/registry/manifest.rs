//! What an artefact says of itself: its manifest, of which one layer has to be the component.

use std::collections::BTreeMap;

use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use serde_json::json;

use crate::policy::digest_of;

/// The layer: the CNCF's own type, and that of wasm-to-oci, which Kubewarden uses.
const LAYERS: [&str; 2] = [COMPONENT, "application/vnd.wasm.content.layer.v1+wasm"];
/// The type of the layer that is pushed.
const COMPONENT: &str = "application/wasm";
/// The type of its configuration.
pub(super) const CONFIGURATION: &str = "application/vnd.wasm.config.v0+json";
/// What is asked for: manifests of one artefact.
pub(super) const MANIFESTS: &str =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
/// The type of what is pushed.
pub(super) const MANIFEST: &str = OCI_IMAGE_MEDIA_TYPE;
/// Whoever pushes the same component gets the same artefact, so it was made at no time of its own.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// A component on its way into a registry, and what is said of it there.
pub struct Artifact {
    /// The component.
    pub component: Vec<u8>,
    /// What it exports, by the names of the component model.
    pub exports: Vec<String>,
    /// What it imports.
    pub imports: Vec<String>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
}

impl Artifact {
    /// The configuration's text.
    pub(super) fn configuration(&self) -> Vec<u8> {
        json!({
            "created": CREATED,
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [digest_of(&self.component)],
            "component": { "exports": self.exports, "imports": self.imports },
        })
        .to_string()
        .into_bytes()
    }

    /// The manifest's text.
    pub(super) fn manifest(&self, configuration: &[u8]) -> Vec<u8> {
        json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": CONFIGURATION,
            "config": descriptor(CONFIGURATION, configuration),
            "layers": [descriptor(COMPONENT, &self.component)],
            "annotations": self.annotations,
        })
        .to_string()
        .into_bytes()
    }
}

fn descriptor(media_type: &str, content: &[u8]) -> serde_json::Value {
    json!({ "mediaType": media_type, "digest": digest_of(content), "size": content.len() })
}

/// The layer that is the component. The error says what is there instead.
pub(super) fn component_layer(manifest: &[u8]) -> Result<OciDescriptor, String> {
    let kind: Kind = serde_json::from_slice(manifest).map_err(|_| "its manifest cannot be read".to_owned())?;
    if kind.manifests.is_some() {
        return Err("it is an index of several artefacts; name the one by its digest (@sha256:…)".to_owned());
    }
    let manifest: OciImageManifest =
        serde_json::from_slice(manifest).map_err(|_| "it has no manifest of an artefact".to_owned())?;
    let mut layers = manifest.layers;
    let types = layers.iter().map(|layer| layer.media_type.as_str()).collect::<Vec<_>>().join(", ");
    let one = layers.pop().filter(|layer| layers.is_empty() && LAYERS.contains(&layer.media_type.as_str()));
    one.ok_or_else(|| {
        let has = if types.is_empty() { "none".to_owned() } else { types };
        format!(
            "it has to have one layer, of type {COMPONENT}, and has {has}; `tidegate policy push` makes such artefacts"
        )
    })
}

/// What tells an index from a manifest, whatever its type says.
#[derive(serde::Deserialize)]
struct Kind {
    manifests: Option<serde_json::Value>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn manifest(layers: &[&str]) -> Vec<u8> {
        let layers: Vec<_> = layers.iter().map(|media_type| descriptor(media_type, b"x")).collect();
        let config = descriptor(CONFIGURATION, b"{}");
        json!({ "schemaVersion": 2, "config": config, "layers": layers }).to_string().into_bytes()
    }

    #[test]
    fn one_layer_is_the_component() {
        let wasm_to_oci = "application/vnd.wasm.content.layer.v1+wasm";
        for (layers, expected) in [
            (vec![COMPONENT], Ok(digest_of(b"x"))),
            (vec![wasm_to_oci], Ok(digest_of(b"x"))),
            (vec![], Err("and has none")),
            (vec![COMPONENT, COMPONENT], Err("and has application/wasm, application/wasm")),
            (vec!["application/vnd.oci.image.layer.v1.tar+gzip"], Err("and has application/vnd.oci.image.layer")),
        ] {
            match (component_layer(&manifest(&layers)), expected) {
                (Ok(found), Ok(digest)) => assert_eq!(found.digest, digest),
                (Err(problem), Err(expected)) => assert!(problem.contains(expected), "{problem}"),
                (found, _) => assert!(found.is_err(), "{layers:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_artefact_is_told() {
        for (text, expected) in [
            (r#"{"schemaVersion":2,"manifests":[]}"#, "an index of several artefacts"),
            ("<html>", "cannot be read"),
            (r#"{"schemaVersion":1}"#, "no manifest of an artefact"),
        ] {
            assert!(component_layer(text.as_bytes()).unwrap_err().contains(expected), "{text}");
        }
    }

    #[test]
    fn what_is_pushed_can_be_pulled_and_is_the_same_each_time() {
        let artifact = || Artifact {
            component: b"component".to_vec(),
            exports: vec!["review".to_owned()],
            imports: Vec::new(),
            annotations: BTreeMap::from([("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())]),
        };
        let first = artifact().manifest(&artifact().configuration());
        assert_eq!(first, artifact().manifest(&artifact().configuration()));
        let layer = component_layer(&first).unwrap();
        assert_eq!((layer.digest, layer.size), (digest_of(b"component"), 9));
    }
}
