//! What the API server refuses of a `ClusterPolicy` by itself, each with its words. It sees one document and no code:
//! what else can be wrong, the status tells.

use kube::core::Rule;

/// A rule in CEL over the whole object.
struct Validation {
    /// Where it is told; none: of the object as a whole, whose metadata have no place in its schema.
    field: Option<&'static str>,
    rule: &'static str,
    message: &'static str,
}

const VALIDATIONS: &[Validation] = &[
    Validation {
        field: None,
        rule: "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 63",
        message: "a policy's name is a DNS label: at most 63 of a-z, 0-9 and -, such as backup-deadline",
    },
    Validation {
        field: Some(".spec.module"),
        rule: "self.spec.module.matches('^(builtin|file|https|configmap|oci)://.+$')",
        message: "write builtin://NAME, file:///PATH, https://…, configmap://NAMESPACE/NAME/KEY or \
                  oci://REGISTRY/REPOSITORY",
    },
    Validation {
        field: Some(".spec.module"),
        rule: "!self.spec.module.startsWith('file://') || self.spec.module.startsWith('file:///')",
        message: "a file is named by its whole path in the gate's container: file:///PATH",
    },
    Validation {
        field: Some(".spec.module"),
        rule: "!self.spec.module.startsWith('configmap://') || \
               self.spec.module.matches('^configmap://[-a-z0-9]+/[-.a-z0-9]+/[-._a-zA-Z0-9]+$')",
        message: "a ConfigMap is named with its namespace and the key that holds the component: \
                  configmap://NAMESPACE/NAME/KEY",
    },
    Validation {
        field: Some(".spec.module"),
        rule: "!self.spec.module.startsWith('oci://') || \
               self.spec.module.matches('^oci://[^/@]+/[^@]+(:[^/@]+|@sha256:[0-9a-f]{64})$')",
        message: "an image is named with its registry and a tag or digest: oci://REGISTRY/REPOSITORY:TAG or \
                  oci://REGISTRY/REPOSITORY@sha256:…",
    },
    Validation {
        field: Some(".spec.digest"),
        rule: "!self.spec.module.startsWith('https://') || has(self.spec.digest)",
        message: "what is found at an https:// address may change: say what the component must be, sha256:… as \
                  tidegate policy inspect prints it",
    },
    Validation {
        field: Some(".spec.pullSecrets"),
        rule: "!has(self.spec.pullSecrets) || size(self.spec.pullSecrets) == 0 || self.spec.module.startsWith('oci://')",
        message: "only oci:// modules are pulled with credentials: leave pullSecrets away",
    },
    Validation {
        field: Some(".spec.timeout"),
        rule: "!has(self.spec.timeout) || (duration(self.spec.timeout) > duration('0s') && \
               duration(self.spec.timeout) <= duration('3s'))",
        message: "a review may take more than 0 and at most 3s: write for instance 100ms",
    },
];

/// All of them, as the schema of the whole object holds them.
pub(super) fn validations() -> impl Iterator<Item = Rule> {
    VALIDATIONS.iter().map(|validation| {
        let rule = Rule::new(validation.rule).message(validation.message);
        match validation.field {
            Some(field) => rule.field_path(field),
            None => rule,
        }
    })
}
