//! A list that is read no further than a review can bear: whoever may make objects in a namespace can fill it, and each
//! review that asks what is there would hold all of it.
//!
//! It is not read in pages. The API server takes pages from the newest state of its database, which costs each of them
//! up to 100 ms (`ConsistentListFromCache`); what it has in its memory already, it sends whole, whatever the limit. So
//! the answer is cut off where it gets too long.

use futures::io::AsyncReadExt;
use kube::api::{DynamicObject, ListParams};
use kube::core::Request;
use kube::{Api, Client};
use serde::Deserialize;
use serde_json::Value;

use super::api_server::ApiServer;
use crate::lookup::{ResourceType, Unavailable};

/// How much of a list is read, in bytes: more than a thousand Deployments as they are stored. In memory it is a few
/// times that.
const MOST_BYTES: u64 = 8 << 20;
/// How many objects: they may be small, and policies look at each.
const MOST_OBJECTS: usize = 5_000;

/// An answer to a list. Its items are not read any further here.
#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Option<Vec<Value>>,
}

/// The objects of a list. One question takes no longer for it than any other.
pub(super) fn list(
    server: &ApiServer,
    objects: &Api<DynamicObject>,
    kind: &ResourceType,
    parameters: &ListParams,
) -> Result<Vec<Value>, Unavailable> {
    let unusable = || Unavailable::because("the API server's answer could not be read");
    let request = Request::new(objects.resource_url()).list(parameters).map_err(|_| unusable())?;
    let read = server.ask(read(server.client(), request)).map_err(|answer| server.unavailable(&answer, kind))?;
    let text = read.ok_or_else(|| too_many(kind, &format!("{} MiB", MOST_BYTES >> 20)))?;
    let list: List = serde_json::from_slice(&text).map_err(|_| unusable())?;
    let mut items = list.items.unwrap_or_default();
    if items.len() > MOST_OBJECTS {
        return Err(too_many(kind, &MOST_OBJECTS.to_string()));
    }
    for fields in items.iter_mut().filter_map(Value::as_object_mut) {
        // The items of a list do not say what they are.
        fields.insert("apiVersion".to_owned(), Value::from(kind.api_version.as_str()));
        fields.insert("kind".to_owned(), Value::from(kind.kind.as_str()));
    }
    Ok(items)
}

/// The answer; none if it is too long. What is not read any more, the API server stops sending.
async fn read(client: &Client, request: http::Request<Vec<u8>>) -> Result<Option<Vec<u8>>, kube::Error> {
    let answer = std::pin::pin!(client.request_stream(request).await?);
    let mut text = Vec::new();
    let size = answer.take(MOST_BYTES + 1).read_to_end(&mut text).await.map_err(kube::Error::ReadEvents)?;
    Ok((size as u64 <= MOST_BYTES).then_some(text))
}

fn too_many(kind: &ResourceType, most: &str) -> Unavailable {
    Unavailable::because(format!("there are too many {} objects: of one kind, {most} are read at most", kind.kind))
}
