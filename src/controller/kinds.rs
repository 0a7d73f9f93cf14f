//! How the API server is asked for the objects that are followed.

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, ApiResource, DynamicObject};
use kube::{Client, Resource};

use super::exception_resource::PolicyException;
use super::resource::ClusterPolicy;

/// All policies.
pub(super) fn policies_api(client: &Client) -> Api<DynamicObject> {
    Api::all_with(client.clone(), &resource::<ClusterPolicy>())
}

/// The exceptions of a namespace, or all.
pub(super) fn exceptions_api(client: &Client, namespace: Option<&str>) -> Api<DynamicObject> {
    let resource = resource::<PolicyException>();
    match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    }
}

/// The Leases of a namespace.
pub(super) fn leases_api(client: &Client, namespace: &str) -> Api<DynamicObject> {
    Api::namespaced_with(client.clone(), namespace, &resource::<Lease>())
}

fn resource<K: Resource<DynamicType = ()>>() -> ApiResource {
    ApiResource::erase::<K>(&())
}
