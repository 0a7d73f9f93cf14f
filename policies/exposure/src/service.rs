//! MY009: a Service that opens a database to the outside.

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_policy::{Finding, Request, Severity, pointer, raw};

use crate::internal::{Annotations, Sign};
use crate::target::{Opened, Port};
use crate::{SERVICE, Settings, address, in_network, internal, target};

/// The annotation that says the same as `loadBalancerSourceRanges`, in Kubernetes' own code.
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
/// Annotations that ask for addresses, of the load balancers that people run themselves: MetalLB,
/// Cilium, kube-vip.
const ADDRESSES: &[&str] = &[
    "metallb.io/loadBalancerIPs",
    "metallb.universe.tf/loadBalancerIPs",
    "lbipam.cilium.io/ips",
    "io.cilium/lb-ipam-ips",
    "kube-vip.io/loadbalancerIPs",
];

const WAY_OUT: &str = "Use type ClusterIP. From outside: kubectl port-forward, a VPN, or an internal load balancer";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    #[serde(rename = "type")]
    kind: Option<String>,
    ports: Option<Vec<Port>>,
    selector: Option<BTreeMap<String, String>>,
    #[serde(rename = "externalIPs")]
    external_ips: Option<Vec<String>>,
    #[serde(rename = "loadBalancerIP")]
    load_balancer_ip: Option<String>,
    load_balancer_class: Option<String>,
    load_balancer_source_ranges: Option<Vec<String>>,
}

/// The findings on a Service: one for each way in.
pub(crate) fn judge(request: &Request, settings: &Settings) -> Vec<Finding> {
    if request.object.name.as_ref().is_some_and(|name| settings.ignore_services.contains(name)) {
        return vec![];
    }
    let Some(spec) = raw::at::<Spec>("/spec") else { return vec![] };
    let kind = spec.kind.as_deref().unwrap_or_default();
    let addresses = spec.external_ips.as_deref().unwrap_or_default();
    let by_type = matches!(kind, "LoadBalancer" | "NodePort");
    if !by_type && addresses.is_empty() {
        return vec![];
    }
    let Some(opened) = target::first(spec.ports.as_deref().unwrap_or_default(), spec.selector.as_ref()) else {
        return vec![];
    };
    let by_type = match kind {
        "LoadBalancer" => Some(load_balancer(&spec, opened, settings)),
        "NodePort" => Some(node_port(opened)),
        _ => None,
    };
    let by_address = (!addresses.is_empty()).then(|| external_addresses(addresses, opened));
    by_type
        .into_iter()
        .chain(by_address)
        .map(|finding| {
            let finding = if opened.is_sure {
                finding
            } else {
                finding.at_most_medium("nothing surely says that a MySQL server is behind it")
            };
            in_network(settings, finding)
        })
        .collect()
}

fn load_balancer(spec: &Spec, opened: Opened, settings: &Settings) -> Finding {
    let port = opened.port;
    let annotations: Annotations = raw::at("/metadata/annotations").unwrap_or_default();
    let annotation = |name: &str| pointer::join("/metadata/annotations", [name]);
    let internal = internal::sign(&annotations, spec.load_balancer_class.as_deref(), &settings.internal_annotations);
    let at = match internal {
        Some(Sign::Annotation(name)) => Some(annotation(name)),
        Some(Sign::Class) => Some("/spec/loadBalancerClass".to_owned()),
        None => private_address(spec, &annotations),
    };
    if let Some(at) = at {
        return Finding::new(
            &SERVICE,
            at,
            format!(
                "the internal load balancer opens port {port} of the database to the whole private network: whoever \
                 is in it may try passwords"
            ),
        )
        .severity(Severity::Medium)
        .help("Use type ClusterIP if its clients are in the cluster, or name them in loadBalancerSourceRanges");
    }
    if let Some(at) = narrow_ranges(spec, &annotations) {
        return Finding::new(
            &SERVICE,
            at,
            format!(
                "the load balancer opens port {port} of the database to these addresses; not every load balancer \
                 heeds them, and the port of the nodes stays open to all"
            ),
        )
        .severity(Severity::Medium)
        .help(WAY_OUT);
    }
    Finding::new(
        &SERVICE,
        "/spec/type",
        format!(
            "the load balancer opens port {port} of the database to everyone who reaches it, and nothing here says that \
             it is internal: on most clouds that is the internet"
        ),
    )
    .help(WAY_OUT)
}

fn node_port(opened: Opened) -> Finding {
    Finding::new(
        &SERVICE,
        pointer::join("/spec/ports", [opened.index]),
        format!(
            "type NodePort opens port {} of the database on every node: whoever reaches a node may try passwords",
            opened.port
        ),
    )
    .help(WAY_OUT)
}

fn external_addresses(addresses: &[String], opened: Opened) -> Finding {
    let are_private = addresses.iter().all(|own| address::is_private(own));
    let finding = Finding::new(
        &SERVICE,
        "/spec/externalIPs",
        format!("externalIPs opens port {} of the database at {}", opened.port, addresses.join(", ")),
    )
    .help(WAY_OUT);
    if are_private { finding.at_most_medium("these addresses are private") } else { finding }
}

/// Where only private addresses are asked for.
fn private_address(spec: &Spec, annotations: &Annotations) -> Option<String> {
    if spec.load_balancer_ip.as_deref().is_some_and(address::is_private) {
        return Some("/spec/loadBalancerIP".to_owned());
    }
    let name = ADDRESSES.iter().find(|name| {
        annotations.get(**name).is_some_and(|addresses| addresses.split(',').all(|own| address::is_private(own.trim())))
    })?;
    Some(pointer::join("/metadata/annotations", [name]))
}

/// Where clients are named, if that leaves most of the internet out. The field counts before the
/// annotation (`GetLoadBalancerSourceRanges` in Kubernetes).
fn narrow_ranges(spec: &Spec, annotations: &Annotations) -> Option<String> {
    let are_narrow = |ranges: &[&str]| !ranges.is_empty() && !ranges.iter().any(|range| address::is_wide(range));
    let written: Vec<&str> = spec.load_balancer_source_ranges.iter().flatten().map(String::as_str).collect();
    if !written.is_empty() {
        return are_narrow(&written).then(|| "/spec/loadBalancerSourceRanges".to_owned());
    }
    let ranges: Vec<&str> = annotations.get(SOURCE_RANGES)?.split(',').collect();
    are_narrow(&ranges).then(|| pointer::join("/metadata/annotations", [SOURCE_RANGES]))
}
