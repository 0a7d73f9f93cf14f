//! The reports that a cluster holds: the one file that writes them.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, Preconditions,
};
use kube::{Client, Error};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::resource;
use super::content::{Content, report_name};
use super::problem::{Problem, is_of_an_ending_namespace};
use crate::audit::policy_report::{ObjectReference, ReportApi, ReportResult, SOURCE, Summary, Timestamp};

/// The label by which the gate's reports are known.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Who writes, in `managedFields`.
const FIELD_MANAGER: &str = "tidegate-reports";
/// Reports of one answer: each may have dozens of results.
const PAGE: u32 = 100;

/// How long one call may take: the API server itself gives up after a minute (kube-apiserver,
/// `--request-timeout`).
const CALL_LIMIT: Duration = Duration::from_mins(1);

/// The cluster's reports.
pub(super) struct Store {
    client: Client,
    api: ReportApi,
}

/// A report that is there. Of what it says only digests are kept, because there may be many.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The kind of its object.
    pub(super) kind: String,
    uid: String,
    version: String,
    /// Of what it says; none if it is not as the gate writes it.
    digest: Option<u64>,
    /// Since when each of its results is told.
    since: HashMap<u64, Timestamp>,
}

/// Where a report is: its namespace and its name.
pub(super) type Place = (Option<String>, String);

/// The part of a report that is compared.
#[derive(Deserialize)]
struct Said {
    scope: ObjectReference,
    summary: Summary,
    results: Vec<ReportResult>,
}

impl Store {
    pub(super) fn new(client: Client, api: ReportApi) -> Self {
        Self { client, api }
    }

    /// The gate's own reports.
    pub(super) async fn known(&self) -> Result<BTreeMap<Place, Known>, Problem> {
        let mut known = BTreeMap::new();
        for is_namespaced in [true, false] {
            let resource = resource(self.api, is_namespaced);
            let reports = Api::<DynamicObject>::all_with(self.client.clone(), &resource);
            let mut next = None;
            loop {
                let how = ListParams { continue_token: next, ..ListParams::default() };
                let how = how.labels(&format!("{MANAGED_BY}={SOURCE}")).limit(PAGE);
                let page = in_time(reports.list(&how)).await.map_err(|error| Problem::of_report(error, &resource))?;
                known.extend(page.items.into_iter().filter_map(Known::of));
                next = page.metadata.continue_.filter(|token| !token.is_empty());
                if next.is_none() {
                    break;
                }
            }
        }
        Ok(known)
    }

    /// Writes a report, if the one that is there says something else. True if it was written.
    pub(super) async fn write(&self, content: &Content, known: Option<&Known>) -> Result<bool, Problem> {
        if known.is_some_and(|known| known.says(content)) {
            return Ok(false);
        }
        let (reports, resource) = self.reports(content.scope.namespace.as_deref());
        let name = report_name(&content.scope);
        let mut report = report(content, &resource, known);
        let written = match known {
            Some(known) => {
                report["metadata"]["resourceVersion"] = known.version.as_str().into();
                patch(&reports, &name, &report).await
            }
            None => match create(&reports, &report).await {
                // Somebody took its label away.
                Err(Error::Api(status)) if status.is_already_exists() => patch(&reports, &name, &report).await,
                created => created,
            },
        };
        match written {
            Ok(()) => Ok(true),
            // Somebody was faster, or its object is on its way out. The next scan sees how things are.
            Err(Error::Api(status))
                if status.is_conflict() || status.is_not_found() || is_of_an_ending_namespace(&status) =>
            {
                Ok(false)
            }
            Err(error) => Err(Problem::of_report(error, &resource)),
        }
    }

    /// Removes a report, if it is still the one that was seen. True if it was removed.
    pub(super) async fn remove(&self, place: &Place, known: &Known) -> Result<bool, Problem> {
        let (namespace, name) = place;
        let (reports, resource) = self.reports(namespace.as_deref());
        let this = Preconditions { uid: Some(known.uid.clone()), resource_version: Some(known.version.clone()) };
        match in_time(reports.delete(name, &DeleteParams::default().preconditions(this))).await {
            Ok(_) => Ok(true),
            Err(Error::Api(status)) if status.is_conflict() || status.is_not_found() => Ok(false),
            Err(error) => Err(Problem::of_report(error, &resource)),
        }
    }

    fn reports(&self, namespace: Option<&str>) -> (Api<DynamicObject>, ApiResource) {
        let resource = resource(self.api, namespace.is_some());
        let client = self.client.clone();
        let reports = match namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        (reports, resource)
    }
}

impl Known {
    /// Whether it says just this.
    pub(super) fn says(&self, content: &Content) -> bool {
        self.digest == Some(digest(content))
    }

    pub(super) fn of(report: DynamicObject) -> Option<(Place, Self)> {
        let place = (report.metadata.namespace, report.metadata.name?);
        let scope_kind = report.data.pointer("/scope/kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        // A report that somebody has made unreadable is written anew.
        let said: Option<Said> = serde_json::from_value(report.data).ok();
        let (said, since) = said.map(Said::split).unzip();
        let is_owned = report.metadata.owner_references.is_some_and(|owners| {
            said.as_ref().is_some_and(|said| owners.iter().any(|owner| Some(&owner.uid) == said.scope.uid.as_ref()))
        });
        let known = Self {
            kind: scope_kind,
            uid: report.metadata.uid?,
            version: report.metadata.resource_version?,
            digest: said.filter(|_| is_owned).map(|said| digest(&said)),
            since: since.unwrap_or_default(),
        };
        Some((place, known))
    }
}

impl Said {
    /// What it says, and since when each result is told.
    fn split(self) -> (Content, HashMap<u64, Timestamp>) {
        let mut since = HashMap::new();
        let mut results = self.results;
        for result in &mut results {
            let time = result.timestamp.take();
            since.extend(time.map(|time| (digest(result), time)));
        }
        (Content { scope: self.scope, summary: self.summary, results }, since)
    }
}

/// The report as it is to be. What it said before keeps its time.
pub(super) fn report(content: &Content, resource: &ApiResource, known: Option<&Known>) -> Value {
    let now = now();
    let Content { scope, summary, results } = content;
    let timed = |result: &ReportResult| {
        let since = known.and_then(|known| known.since.get(&digest(result))).copied();
        ReportResult { timestamp: Some(since.unwrap_or(now)), ..result.clone() }
    };
    let results: Vec<ReportResult> = results.iter().map(timed).collect();
    json!({
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {
            "name": report_name(scope),
            "namespace": scope.namespace,
            "labels": { MANAGED_BY: SOURCE },
            "ownerReferences": [
                { "apiVersion": scope.api_version, "kind": scope.kind, "name": scope.name, "uid": scope.uid },
            ],
        },
        "scope": scope,
        "summary": summary,
        "results": results,
    })
}

fn now() -> Timestamp {
    let now = jiff::Timestamp::now();
    Timestamp { seconds: now.as_second(), nanos: now.subsec_nanosecond() }
}

async fn create(reports: &Api<DynamicObject>, report: &Value) -> Result<(), Error> {
    let report: DynamicObject = serde_json::from_value(report.clone()).map_err(Error::SerdeError)?;
    let how = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    in_time(reports.create(&how, &report)).await.map(|_| ())
}

async fn patch(reports: &Api<DynamicObject>, name: &str, report: &Value) -> Result<(), Error> {
    let how = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    in_time(reports.patch(name, &how, &Patch::Merge(report))).await.map(|_| ())
}

/// A connection that hangs must not end all scans.
async fn in_time<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match tokio::time::timeout(CALL_LIMIT, call).await {
        Ok(answer) => answer,
        Err(late) => Err(Error::Service(late.into())),
    }
}

/// Tells contents apart within this process.
fn digest(content: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}
