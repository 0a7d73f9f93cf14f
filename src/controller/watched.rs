//! The objects of one kind, as the API server has them now.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use kube::api::{Api, DynamicObject};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use tokio::sync::watch;
use tokio::time::sleep;

use super::problem::{Problem, Told};

/// When a kind that is not installed, or may not be read, is looked for again.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// What is known of the objects.
#[derive(Clone, Default)]
pub(super) enum Known {
    /// The API server has not said anything yet.
    #[default]
    Nothing,
    /// The API server says that there is no such kind, or that this account may not read it.
    NoKind,
    /// These there are, by namespace and name.
    Objects(Arc<BTreeMap<Key, DynamicObject>>),
}

/// Namespace, empty if the kind has none, and name.
pub(super) type Key = (String, String);

impl Known {
    /// Those that there are.
    pub(super) fn objects(&self) -> impl Iterator<Item = (&Key, &DynamicObject)> {
        let objects = match self {
            Self::Objects(objects) => Some(objects.as_ref()),
            Self::Nothing | Self::NoKind => None,
        };
        objects.into_iter().flatten()
    }

    /// Whether the API server has said something.
    pub(super) fn is_settled(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// Follows the objects for ever. A kind that is not there yet is looked for again and again.
///
/// Objects are taken as they come: one that this gate cannot read hides no other.
pub(super) async fn follow(
    api: Api<DynamicObject>,
    config: watcher::Config,
    plural: &'static str,
    known: watch::Sender<Known>,
) {
    let mut told = Told::default();
    loop {
        let problem = follow_while_served(&api, &config, &known, &mut told, plural).await;
        told.tell(Some(problem.clone()), |problem| warn(plural, problem));
        // What was seen stays: when a kind is deleted, each of its objects is told to be gone first.
        known.send_if_modified(|known| {
            let is_new = !known.is_settled();
            if is_new {
                *known = Known::NoKind;
            }
            is_new
        });
        sleep(LOOK_AGAIN).await;
    }
}

/// Follows them until the API server says that there is no such kind, or that they may not be read.
async fn follow_while_served(
    api: &Api<DynamicObject>,
    config: &watcher::Config,
    known: &watch::Sender<Known>,
    told: &mut Told,
    plural: &str,
) -> Problem {
    let mut events = pin!(watcher(api.clone(), config.clone()).default_backoff());
    let mut listed = BTreeMap::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                told.tell(None, |_| {});
                note(event, &mut listed, known);
            }
            Err(error) => match Problem::from(&error) {
                problem @ (Problem::NotInstalled | Problem::Forbidden(_)) => return problem,
                passing => told.tell(Some(passing), |problem| warn(plural, problem)),
            },
        }
    }
    Problem::Unreachable
}

fn warn(plural: &str, problem: &Problem) {
    tracing::warn!(kind = plural, "objects are not followed for now: {problem}");
}

fn note(event: Event<DynamicObject>, listed: &mut BTreeMap<Key, DynamicObject>, known: &watch::Sender<Known>) {
    match event {
        Event::Init => listed.clear(),
        Event::InitApply(object) => {
            listed.insert(key(&object), object);
        }
        Event::InitDone => {
            known.send_replace(Known::Objects(Arc::new(std::mem::take(listed))));
        }
        Event::Apply(object) => known.send_modify(|known| {
            change(known, |objects| drop(objects.insert(key(&object), object)));
        }),
        Event::Delete(object) => known.send_modify(|known| {
            change(known, |objects| drop(objects.remove(&key(&object))));
        }),
    }
}

fn change(known: &mut Known, change: impl FnOnce(&mut BTreeMap<Key, DynamicObject>)) {
    let mut objects = match std::mem::take(known) {
        Known::Objects(objects) => objects,
        Known::Nothing | Known::NoKind => Arc::default(),
    };
    change(Arc::make_mut(&mut objects));
    *known = Known::Objects(objects);
}

fn key(object: &DynamicObject) -> Key {
    let metadata = &object.metadata;
    (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default())
}
