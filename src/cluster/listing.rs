//! Everything of some types that a cluster holds, page by page, for audits.

use std::ops::ControlFlow;
use std::time::Duration;

use kube::api::{DynamicObject, GetParams, ListParams};
use kube::core::Request;
use kube::{Client, Resource};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::Handle;

use super::live::{any_resource, is_absence_of, is_possible_name};
use super::unlisted::{Unlisted, Why};
use crate::lookup::ResourceType;

/// Objects of one answer: what `kubectl` asks for at once (`--chunk-size`).
const PAGE: u32 = 500;

/// How long one page may take. The API server gives up on a request after a minute
/// (kube-apiserver, `--request-timeout`).
const PAGE_LIMIT: Duration = Duration::from_secs(60);

/// A type whose objects are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The type.
    pub kind: ResourceType,
    /// What the API server is to choose by, for instance `type=helm.sh/release.v1`: what does not
    /// fit never leaves it.
    pub fields: Option<String>,
}

/// Reads a cluster, or some namespaces of it.
///
/// Calls block: they must be made from threads where that is allowed, never from a task.
pub struct Listing {
    client: Client,
    runtime: Handle,
    namespaces: Vec<String>,
}

/// An answer to a list. Its items are not read any further here.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    metadata: PageMetadata,
    #[serde(default)]
    items: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
struct PageMetadata {
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

impl Listing {
    /// Reads these namespaces; all, if none is named.
    pub fn new(client: Client, runtime: Handle, namespaces: Vec<String>) -> Self {
        Self { client, runtime, namespaces }
    }

    /// Hands over every object of the wanted types, type by type, until one breaks off, and tells what could not be
    /// had.
    pub fn read(&self, wanted: &[Wanted], take: &mut dyn FnMut(Value) -> ControlFlow<()>) -> Vec<Unlisted> {
        let mut problems = Vec::new();
        let mut namespaces = Vec::new();
        for namespace in &self.namespaces {
            match self.missing(namespace) {
                Some(problem) => problems.push(problem),
                None => namespaces.push(Some(namespace.as_str())),
            }
        }
        if self.namespaces.is_empty() {
            namespaces.push(None);
        }
        for kind in wanted {
            let places = if kind.kind.is_cluster_scoped() { &[None][..] } else { &namespaces };
            for namespace in places {
                match self.read_type(kind, *namespace, take) {
                    Ok(ControlFlow::Continue(())) => {}
                    Ok(ControlFlow::Break(())) => return problems,
                    Err(why) => {
                        let ends = matches!(why, Why::Unreachable(_));
                        problems.push(Unlisted::of(&kind.kind, *namespace, why));
                        if ends {
                            // The next type would only wait as long for the same answer.
                            return problems;
                        }
                    }
                }
            }
        }
        problems
    }

    fn read_type(
        &self,
        wanted: &Wanted,
        namespace: Option<&str>,
        take: &mut dyn FnMut(Value) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Why> {
        let resource = any_resource(&wanted.kind).map_err(|_| Why::Unusable)?;
        let path = DynamicObject::url_path(&resource, namespace);
        let mut next = None;
        loop {
            let page = match self.page(&path, wanted, next) {
                Ok(page) => page,
                // The rest of the list is older than what the API server keeps. It offers to go on with
                // objects as they are now: for an audit as good.
                Err(Why::Refused { next: Some(now), .. }) => self.page(&path, wanted, Some(now))?,
                Err(why) => return Err(why),
            };
            for mut object in page.items.unwrap_or_default() {
                // The items of a list do not say what they are.
                if let Some(fields) = object.as_object_mut() {
                    fields.insert("apiVersion".to_owned(), Value::from(wanted.kind.api_version.as_str()));
                    fields.insert("kind".to_owned(), Value::from(wanted.kind.kind.as_str()));
                }
                if take(object).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            next = page.metadata.next.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    fn page(&self, path: &str, wanted: &Wanted, next: Option<String>) -> Result<Page, Why> {
        let mut parameters = ListParams::default().limit(PAGE);
        parameters.field_selector.clone_from(&wanted.fields);
        parameters.continue_token = next;
        let request = Request::new(path).list(&parameters).map_err(|_| Why::Unusable)?;
        self.ask(request)
    }

    /// Whether there is no such namespace. A list of it would be empty, and a slip of the pen look clean.
    fn missing(&self, namespace: &str) -> Option<Unlisted> {
        let absent = || Some(Unlisted::no_namespace(namespace));
        if !is_possible_name(namespace) {
            return absent();
        }
        let resource = any_resource(&ResourceType::new("v1", "Namespace")).ok()?;
        let request =
            Request::new(DynamicObject::url_path(&resource, None)).get(namespace, &GetParams::default()).ok()?;
        match self.ask::<Value>(request) {
            Err(Why::Refused { status, .. }) if is_absence_of(&status, namespace) => absent(),
            // Whoever may not read namespaces may still read what is in them.
            Ok(_) | Err(_) => None,
        }
    }

    fn ask<T: DeserializeOwned>(&self, request: http::Request<Vec<u8>>) -> Result<T, Why> {
        let answer =
            self.runtime.block_on(async { tokio::time::timeout(PAGE_LIMIT, self.client.request(request)).await });
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(kube::Error::Api(status))) => Err(Why::of(status)),
            Ok(Err(kube::Error::SerdeError(_))) => Err(Why::Unusable),
            Ok(Err(error)) => Err(Why::Unreachable(cause(&error))),
            Err(_) => Err(Why::TooLate(PAGE_LIMIT)),
        }
    }
}

/// The innermost reason of an error, which says what happened; those around it name only layers.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    innermost.to_string()
}
