//! Everything of some types that a cluster holds, page by page, for audits.

use std::ops::ControlFlow;
use std::time::Duration;

use kube::Client;
use serde_json::Value;
use tokio::runtime::Handle;

use super::api_server::{is_absence_of, is_possible_name};
use super::pages::{Choice, Pages};
use super::types::Types;
use super::unlisted::{Unlisted, Why};
use crate::lookup::ResourceType;

/// How long one page may take. The API server gives up on a request after a minute
/// (kube-apiserver, `--request-timeout`).
const PAGE_LIMIT: Duration = Duration::from_mins(1);

/// A type whose objects are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The type.
    pub kind: ResourceType,
    /// What the API server is to choose by, for instance `type=helm.sh/release.v1`: what does not
    /// fit never leaves it.
    pub fields: Option<String>,
}

/// What of a cluster is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// These namespaces; all, if none is named.
    pub namespaces: Vec<String>,
    /// What the API server is to choose by, for instance `app=mysql`; all objects if there is nothing.
    pub labels: Option<String>,
}

/// Reads a cluster, or some of it.
///
/// Calls block: they must be made from threads where that is allowed, never from a task.
pub struct Listing {
    pages: Pages,
    extent: Extent,
    problems: Vec<Unlisted>,
}

impl Listing {
    /// Looks which of the named namespaces are there, which may block, and gives up wherever it is when `is_stopped` says so.
    pub fn new(
        client: Client,
        runtime: Handle,
        extent: Extent,
        is_stopped: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let pages = Pages::new(client.clone(), Types::new(client), runtime, PAGE_LIMIT, is_stopped);
        let mut listing = Self { pages, extent, problems: Vec::new() };
        let (there, missing) = std::mem::take(&mut listing.extent.namespaces)
            .into_iter()
            .partition::<Vec<String>, _>(|namespace| !listing.is_missing(namespace));
        listing.extent.namespaces = there;
        listing.problems = missing.iter().map(|namespace| Unlisted::no_namespace(namespace)).collect();
        listing
    }

    /// How many objects there are, as far as the API server says that; costs a question for each type.
    pub fn count(&self, wanted: &[Wanted]) -> usize {
        self.choices(wanted).filter_map(|choice| self.pages.count(&choice)).sum()
    }

    /// Hands over every object of the wanted types, type by type, until one breaks off, and tells what could not be
    /// had.
    pub fn read(&self, wanted: &[Wanted], take: &mut dyn FnMut(Value) -> ControlFlow<()>) -> Vec<Unlisted> {
        let mut problems = self.problems.clone();
        for choice in self.choices(wanted) {
            let read = self.pages.read(&choice, |page| page.items.into_iter().try_for_each(&mut *take));
            match read {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break,
                Err(why) => {
                    // The next type would only wait as long for the same answer.
                    let ends = why.is_about_all(choice.labels.is_some());
                    problems.push(Unlisted::of(&choice, why));
                    if ends {
                        break;
                    }
                }
            }
        }
        problems
    }

    /// Every list that is to be asked for.
    fn choices<'a>(&'a self, wanted: &'a [Wanted]) -> impl Iterator<Item = Choice<'a>> {
        let Extent { namespaces, labels } = &self.extent;
        wanted.iter().flat_map(move |Wanted { kind, fields }| {
            let is_cluster_scoped = self.pages.is_cluster_scoped(kind);
            let places: Vec<Option<&str>> = match namespaces.as_slice() {
                // Of namespaces that are not there nothing is audited, and the cluster was not asked for.
                [] if !self.problems.is_empty() => Vec::new(),
                [] => vec![None],
                _ if is_cluster_scoped => vec![None],
                named => named.iter().map(|namespace| Some(namespace.as_str())).collect(),
            };
            places.into_iter().map(move |namespace| Choice {
                kind,
                is_cluster_scoped,
                namespace,
                labels: labels.as_deref(),
                fields: fields.as_deref(),
                only_metadata: false,
            })
        })
    }

    /// Whether there is no such namespace. A list of it would be empty, and a slip of the pen look clean.
    fn is_missing(&self, namespace: &str) -> bool {
        if !is_possible_name(namespace) {
            return true;
        }
        match self.pages.get(&ResourceType::new("v1", "Namespace"), namespace) {
            Err(Why::Refused { status, .. }) => is_absence_of(&status, namespace),
            // Whoever may not read namespaces may still read what is in them.
            Ok(()) | Err(_) => false,
        }
    }
}
