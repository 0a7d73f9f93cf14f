//! The documents of a file: policies, and exceptions from them.

use serde::Deserialize;

use super::document::{API_VERSION, DocumentError, EXCEPTION, KIND, PolicyDocument};
use super::exception::PolicyException;
use crate::finding::place;
use crate::yaml::{self, Document, Unfit};

/// What a file of policies holds.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// The policies.
    pub policies: Vec<PolicyDocument>,
    /// What is excepted from them.
    pub exceptions: Vec<PolicyException>,
}

/// `apiVersion` and `kind`, before the rest is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
}

/// Reads all documents of a text, those of lists too; `file` is for messages.
///
/// # Errors
/// [`DocumentError`] on the first that cannot be used.
pub fn parse_documents(file: &str, text: &str) -> Result<Documents, DocumentError> {
    let mut documents = Documents::default();
    for document in yaml::parse(text) {
        let document = document.map_err(|problem| DocumentError::Malformed {
            file: file.to_owned(),
            line: problem.line,
            problem: problem.to_string(),
        })?;
        let header = header_of(file, &document, "")?;
        let is_list = header.api_version == "v1" && header.kind == "List"
            || header.api_version == API_VERSION && header.kind.strip_suffix("List").is_some_and(is_ours);
        if !is_list {
            documents.add(file, &header, &document, "")?;
            continue;
        }
        let items = document.value["items"].as_array().map_or(0, Vec::len);
        for number in 0..items {
            let pointer = format!("/items/{number}");
            let header = header_of(file, &document, &pointer)?;
            documents.add(file, &header, &document, &pointer)?;
        }
    }
    if documents.policies.is_empty() && documents.exceptions.is_empty() {
        return Err(DocumentError::Empty { file: file.to_owned() });
    }
    Ok(documents)
}

fn is_ours(kind: &str) -> bool {
    kind == KIND || kind == EXCEPTION
}

fn header_of(file: &str, document: &Document, pointer: &str) -> Result<Header, DocumentError> {
    if !document.value.pointer(pointer).is_some_and(serde_json::Value::is_object) {
        let problem = "write a mapping, with apiVersion, kind, metadata and spec".to_owned();
        let (line, pointer) = (document.locations.find(pointer).line, pointer.to_owned());
        return Err(unfit_field(file, Unfit { line, pointer, problem }));
    }
    document.read(pointer).map_err(|unfit| unfit_field(file, unfit))
}

impl Documents {
    fn add(&mut self, file: &str, header: &Header, document: &Document, pointer: &str) -> Result<(), DocumentError> {
        let unfit = |unfit| unfit_field(file, unfit);
        match (header.api_version.as_str(), header.kind.as_str()) {
            (API_VERSION, KIND) => {
                let policy: PolicyDocument = document.read(pointer).map_err(unfit)?;
                policy.check(file)?;
                self.policies.push(policy);
            }
            (API_VERSION, EXCEPTION) => {
                self.exceptions.push(PolicyException::new(file, document.read(pointer).map_err(unfit)?)?);
            }
            (api_version, kind) => {
                let line = document.locations.find(pointer).line;
                let found = if kind.is_empty() { "none".to_owned() } else { format!("{api_version} {kind}") };
                return Err(DocumentError::NotAPolicy { file: file.to_owned(), line, found });
            }
        }
        Ok(())
    }
}

/// What settings hold is not for everybody who reads a log, and is not quoted.
fn unfit_field(file: &str, unfit: Unfit) -> DocumentError {
    let Unfit { line, pointer, problem } = unfit;
    let is_setting = pointer.split('/').any(|part| part == "settings");
    DocumentError::Unfit {
        file: file.to_owned(),
        line,
        field: place(&pointer),
        problem: if is_setting { "write a mapping of names to values".to_owned() } else { problem },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// As `kubectl get clusterpolicy probes -o yaml --show-managed-fields` prints it.
    const POLICY: &str = "\
apiVersion: tidegate.dev/v1alpha1
kind: ClusterPolicy
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {\"apiVersion\":\"tidegate.dev/v1alpha1\",\"kind\":\"ClusterPolicy\"}
  creationTimestamp: \"2027-01-02T03:04:05Z\"
  generation: 2
  managedFields:
  - apiVersion: tidegate.dev/v1alpha1
    fieldsType: FieldsV1
    fieldsV1:
      f:spec:
        .: {}
        f:action: {}
    manager: kubectl
    operation: Apply
  name: probes
  resourceVersion: \"4711\"
  uid: 1b671a64-40d5-491e-99b0-da01ff1f3341
spec:
  action: warn
  module: builtin://probes
status:
  conditions:
  - message: in force as this document says
    type: Ready
  observedGeneration: 2
";
    const EXCEPTION: &str = "\
apiVersion: tidegate.dev/v1alpha1
kind: PolicyException
metadata:
  creationTimestamp: null
  finalizers: [example.com/kept]
  name: migration
  namespace: shop
spec:
  expires: \"2027-03-31\"
  reason: until it is done
  rules: [MY010]
status: {}
";

    /// The texts as items of a list.
    fn list(items: &[&str]) -> String {
        let items: String = items.iter().map(|item| format!("- {}\n", item.trim_end().replace('\n', "\n  "))).collect();
        format!("apiVersion: v1\nitems:\n{items}kind: List\nmetadata:\n  resourceVersion: \"\"\n")
    }

    #[test]
    fn what_kubectl_prints_can_be_read() {
        for text in [format!("{POLICY}---\n{EXCEPTION}"), list(&[POLICY, EXCEPTION])] {
            let Documents { policies, exceptions } = parse_documents("p.yaml", &text).unwrap();
            let names: Vec<_> = policies.iter().map(|policy| policy.metadata.name.as_str()).collect();
            let excepted: Vec<_> = exceptions.iter().map(|exception| exception.name.as_str()).collect();
            assert_eq!((names, excepted), (vec!["probes"], vec!["shop/migration"]), "{text}");
            let written = serde_json::to_value(&policies[0]).unwrap();
            assert!(written.get("status").is_none() && written["metadata"].get("uid").is_none(), "{written}");
        }
    }

    #[test]
    fn a_slip_is_told_all_the_same() {
        for (from, to, told) in [
            ("\n  name: probes", "\n  nam: probes", "nam"),
            ("\nstatus:", "\nstatsu:", "statsu"),
            ("\n  uid:", "\n  uuid:", "uuid"),
            ("\n  action: warn", "\n  status: {}", "status"),
            ("\nkind: ClusterPolicy", "\nkind: ClusterPolicies", "ClusterPolicies"),
        ] {
            let text = POLICY.replacen(from, to, 1);
            let alone = parse_documents("p.yaml", &text).unwrap_err().to_string();
            let listed = parse_documents("p.yaml", &list(&[EXCEPTION, &text])).unwrap_err().to_string();
            for found in [alone, listed] {
                assert!(found.starts_with("p.yaml:") && found.contains(told), "{told}: {found}");
            }
        }
        let text = list(&[EXCEPTION, &POLICY.replacen("  uid:", "  uuid:", 1)]);
        let told = parse_documents("p.yaml", &text).unwrap_err().to_string();
        assert!(told.starts_with("p.yaml:34: items[1].metadata.uuid: unknown field `uuid`"), "{told}");
        assert!(parse_documents("p.yaml", &list(&[])).unwrap_err().to_string().contains("it holds no document"));
        for (from, to, told) in [
            ("action: warn", "action: explode", "p.yaml:22: spec.action: unknown variant `explode`"),
            ("action: warn", "enabled: \"false\"", "p.yaml:22: spec.enabled: invalid type: string \"false\""),
            ("action: warn", "settings: hunter2", "p.yaml:22: spec.settings: write a mapping of names to values"),
            ("action: warn", "module: builtin://probes", "p.yaml:23: the key \"module\" is there twice"),
            ("  action: warn", "\taction: warn", "p.yaml:22: there is a tab where YAML allows only spaces"),
            ("apiVersion: tidegate.dev/v1alpha1\nkind", "apiVersion: v1\nkind", "p.yaml:1: expected apiVersion"),
        ] {
            let found = parse_documents("p.yaml", &POLICY.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(found.starts_with(told), "{found}");
        }
        let found = parse_documents("p.yaml", "hunter2").unwrap_err().to_string();
        assert_eq!(found, "p.yaml:1: the object itself: write a mapping, with apiVersion, kind, metadata and spec");
    }
}
