//! Lists of the API server, page by page.

use std::fmt;

use futures::future::BoxFuture;
use kube::Error;
use kube::api::{ListParams, ObjectList};
use serde::de::DeserializeOwned;

/// Objects asked for at once; kubectl's own number.
const PAGE: u32 = 500;

/// Every page of a list.
pub(super) async fn pages<T: Clone + DeserializeOwned + fmt::Debug>(
    list: impl Fn(ListParams) -> BoxFuture<'static, Result<ObjectList<T>, Error>>,
) -> Result<Vec<T>, Error> {
    let (mut all, mut next) = (Vec::new(), None);
    loop {
        let how = ListParams { continue_token: next, ..ListParams::default().limit(PAGE) };
        let page = list(how).await?;
        all.extend(page.items);
        next = page.metadata.continue_.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}
