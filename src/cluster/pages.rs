//! Lists of an API server, page by page, for whoever may wait for them.

use std::ops::ControlFlow;
use std::time::Duration;

use kube::api::{DynamicObject, GetParams, ListParams};
use kube::core::Request;
use kube::{Client, Resource};
use serde::Deserialize;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::types::{ServedType, TypeError, Types};
use super::unlisted::Why;
use crate::lookup::ResourceType;

/// Objects of one answer: what `kubectl` asks for at once (`--chunk-size`).
const PAGE: u32 = 500;

/// How often it is looked whether whoever waits has given up: people take a tenth of a second for at once.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is to be listed.
pub(super) struct Choice<'a> {
    pub kind: &'a ResourceType,
    /// Whether its objects belong to no namespace.
    pub is_cluster_scoped: bool,
    /// All namespaces if there is none.
    pub namespace: Option<&'a str>,
    pub labels: Option<&'a str>,
    pub fields: Option<&'a str>,
    /// Only what the objects are called, and nothing of what they hold.
    pub only_metadata: bool,
}

/// Some objects of a list.
pub(super) struct Page {
    pub items: Vec<Value>,
    /// How many more there are, if the API server says that. It does not where it has to choose.
    pub left: Option<usize>,
    /// The size of the answer.
    pub bytes: usize,
}

/// An answer to a list. Its items are not read any further here.
#[derive(Deserialize)]
struct List {
    #[serde(default)]
    metadata: ListMetadata,
    #[serde(default)]
    items: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMetadata {
    #[serde(default, rename = "continue")]
    next: Option<String>,
    #[serde(default)]
    remaining_item_count: Option<usize>,
}

/// Asks an API server for lists.
///
/// An answer that says "too many requests" is no answer: the client waits for as long as it says
/// (`Retry-After`), and asks again (kube, `Config::default_retry`).
pub(super) struct Pages {
    client: Client,
    types: Types,
    runtime: Handle,
    /// How long one page may take, with all that it has to be asked for again.
    limit: Duration,
    is_stopped: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Pages {
    pub(super) fn new(
        client: Client,
        types: Types,
        runtime: Handle,
        limit: Duration,
        is_stopped: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { client, types, runtime, limit, is_stopped: Box::new(is_stopped) }
    }

    /// Whether whoever asks has given up.
    pub(super) fn is_stopped(&self) -> bool {
        (self.is_stopped)()
    }

    /// Reads a list to its end, or until `take` has enough, and tells which of the two.
    pub(super) fn read(
        &self,
        choice: &Choice<'_>,
        mut take: impl FnMut(Page) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Why> {
        let mut next = None;
        loop {
            let list = match self.list(choice, next, PAGE) {
                // The rest of the list is older than what the API server keeps. It offers to go on with
                // objects as they are now: for an audit as good.
                Err(Why::Refused { next: Some(now), .. }) => self.list(choice, Some(now), PAGE)?,
                answer => answer?,
            };
            if self.is_stopped() {
                return Err(Why::Stopped);
            }
            let (mut page, more) = list;
            for fields in page.items.iter_mut().filter_map(Value::as_object_mut) {
                // The items of a list do not say what they are.
                fields.insert("apiVersion".to_owned(), Value::from(choice.kind.api_version.as_str()));
                fields.insert("kind".to_owned(), Value::from(choice.kind.kind.as_str()));
            }
            next = more;
            let taken = take(page);
            if taken.is_break() || next.is_none() {
                return Ok(taken);
            }
        }
    }

    /// How many objects a list has, if the API server says that.
    pub(super) fn count(&self, choice: &Choice<'_>) -> Option<usize> {
        let (page, more) = self.list(choice, None, 1).ok()?;
        Some(page.items.len() + page.left.or(more.is_none().then_some(0))?)
    }

    fn list(&self, choice: &Choice<'_>, next: Option<String>, limit: u32) -> Result<(Page, Option<String>), Why> {
        let served = self.served(choice.kind)?;
        let mut parameters = ListParams::default().limit(limit);
        parameters.label_selector = choice.labels.map(str::to_owned);
        parameters.field_selector = choice.fields.map(str::to_owned);
        parameters.continue_token = next;
        let request = Request::new(DynamicObject::url_path(&served.resource, choice.namespace));
        let request = if choice.only_metadata { request.list_metadata(&parameters) } else { request.list(&parameters) };
        let text = self.ask(request.map_err(|_| Why::Unusable)?)?;
        let list: List = serde_json::from_str(&text).map_err(|_| Why::Unusable)?;
        let page =
            Page { items: list.items.unwrap_or_default(), left: list.metadata.remaining_item_count, bytes: text.len() };
        Ok((page, list.metadata.next.filter(|token| !token.is_empty())))
    }

    /// One object, to see whether it is there.
    pub(super) fn get(&self, kind: &ResourceType, name: &str) -> Result<(), Why> {
        let served = self.served(kind)?;
        let request = Request::new(DynamicObject::url_path(&served.resource, None)).get(name, &GetParams::default());
        self.ask(request.map_err(|_| Why::Unusable)?).map(drop)
    }

    /// Whether objects of a type belong to no namespace. The API server is asked if need be; a type that it does not
    /// tell counts as namespaced.
    pub(super) fn is_cluster_scoped(&self, kind: &ResourceType) -> bool {
        self.served(kind).is_ok_and(|served| !served.is_namespaced)
    }

    /// How the API server calls a type.
    fn served(&self, kind: &ResourceType) -> Result<ServedType, Why> {
        self.wait(self.types.find(kind))?.map_err(|error| match error {
            TypeError::Impossible => Why::Unusable,
            TypeError::NotServed { .. } => Why::NotServed,
            TypeError::Refused(status) => Why::of(status),
            TypeError::NoAnswer(error) => Why::Unreachable(cause(&error)),
        })
    }

    fn ask(&self, request: http::Request<Vec<u8>>) -> Result<String, Why> {
        self.wait(self.client.request_text(request))?.map_err(|error| match error {
            kube::Error::Api(status) => Why::of(status),
            error => Why::Unreachable(cause(&error)),
        })
    }

    /// Waits for an answer, until there is no more time, or whoever asks has given up.
    fn wait<T>(&self, answer: impl Future<Output = T>) -> Result<T, Why> {
        self.runtime.block_on(async {
            let mut answer = std::pin::pin!(timeout(self.limit, answer));
            loop {
                match timeout(PATIENCE, &mut answer).await {
                    Ok(answer) => return answer.map_err(|_| Why::TooLate(self.limit)),
                    Err(_) if self.is_stopped() => return Err(Why::Stopped),
                    Err(_) => {}
                }
            }
        })
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
