//! The documents of a file: policies, and exceptions from them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::document::{API_VERSION, DocumentError, EXCEPTION, KIND, PolicyDocument};
use super::exception::PolicyException;

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

/// What `kubectl get -o yaml` makes of several objects.
#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Option<Vec<Value>>,
}

/// What a document is read from.
enum Source<'a> {
    Text(&'a str),
    Item { number: usize, value: Value },
}

impl Source<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        match self {
            Self::Text(text) => serde_saphyr::from_str(text).map_err(|error| unquoted(&error)),
            Self::Item { number, value } => {
                serde_json::from_value(value.clone()).map_err(|error| format!("items[{number}]: {error}"))
            }
        }
    }
}

/// What is wrong and where, without the lines around it: settings may hold what is not for everybody who reads a log.
fn unquoted(error: &serde_saphyr::Error) -> String {
    error.without_snippet().to_string()
}

impl Documents {
    fn add(&mut self, file: &str, header: &Header, source: &Source<'_>) -> Result<(), DocumentError> {
        let malformed = |problem: String| DocumentError::Malformed { file: file.to_owned(), problem };
        match (header.api_version.as_str(), header.kind.as_str()) {
            (API_VERSION, KIND) => {
                let policy: PolicyDocument = source.read().map_err(malformed)?;
                policy.check(file)?;
                self.policies.push(policy);
            }
            (API_VERSION, EXCEPTION) => {
                self.exceptions.push(PolicyException::new(file, source.read().map_err(malformed)?)?);
            }
            (api_version, kind) => {
                let found = format!("{api_version} {kind}");
                return Err(DocumentError::NotAPolicy { file: file.to_owned(), found });
            }
        }
        Ok(())
    }
}

/// Reads all documents of a text, those of lists too; `file` is for messages.
///
/// # Errors
/// [`DocumentError`] on the first that cannot be used.
pub fn parse_documents(file: &str, text: &str) -> Result<Documents, DocumentError> {
    let malformed = |problem: String| DocumentError::Malformed { file: file.to_owned(), problem };
    let mut documents = Documents::default();
    for document in split(text) {
        let source = Source::Text(&document);
        let Some(header) = source.read::<Option<Header>>().map_err(malformed)? else { continue };
        if (header.api_version.as_str(), header.kind.as_str()) != ("v1", "List") {
            documents.add(file, &header, &source)?;
            continue;
        }
        let List { items } = source.read().map_err(malformed)?;
        for (number, value) in items.into_iter().flatten().enumerate() {
            let item = Source::Item { number, value };
            let header: Header = item.read().map_err(malformed)?;
            documents.add(file, &header, &item)?;
        }
    }
    if documents.policies.is_empty() && documents.exceptions.is_empty() {
        return Err(malformed(format!("it holds no document; expected apiVersion {API_VERSION}, kind {KIND}")));
    }
    Ok(documents)
}

/// The documents of a text, each behind as many empty lines as are before it, so that errors name the right line.
fn split(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        // At the start of a line these three are a marker wherever they stand, in a block of text too.
        if line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty() || rest.starts_with([' ', '\t'])) {
            documents.push("\n".repeat(number));
        }
        if let Some(last) = documents.last_mut() {
            last.push_str(line);
        }
    }
    documents
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
                assert!(found.starts_with("p.yaml: ") && found.contains(told), "{told}: {found}");
            }
        }
        let text = list(&[EXCEPTION, &POLICY.replacen("  uid:", "  uuid:", 1)]);
        let told = parse_documents("p.yaml", &text).unwrap_err().to_string();
        assert!(told.starts_with("p.yaml: items[1]: unknown field `uuid`"), "{told}");
        assert!(parse_documents("p.yaml", &list(&[])).unwrap_err().to_string().contains("it holds no document"));
    }
}
