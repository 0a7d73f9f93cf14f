//! Which load balancers stay inside a private network, by what their Services say.

use std::collections::BTreeMap;

/// Annotations for internal load balancers, with the value that says so; none: any value.
///
/// Source: "Internal load balancer" in Kubernetes' manual (concepts/services-networking/service), and
/// the manuals of the load balancers' controllers.
const ANNOTATIONS: &[(&str, Option<&str>)] = &[
    ("networking.gke.io/load-balancer-type", Some("internal")),
    ("cloud.google.com/load-balancer-type", Some("internal")),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", Some("internal")),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", Some("true")),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", Some("private")),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", Some("true")),
    ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", Some("true")),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", None),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", Some("intranet")),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", Some("true")),
    ("oci-network-load-balancer.oraclecloud.com/internal", Some("true")),
    ("load-balancer.hetzner.cloud/disable-public-network", Some("true")),
    ("service.beta.kubernetes.io/scw-loadbalancer-private", Some("true")),
    ("service.beta.kubernetes.io/do-loadbalancer-network", Some("internal")),
];

const AWS_INTERNAL: &str = "service.beta.kubernetes.io/aws-load-balancer-internal";
const AWS_SCHEME: &str = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const AWS_TYPE: &str = "service.beta.kubernetes.io/aws-load-balancer-type";

/// Annotations of a Service.
pub(crate) type Annotations = BTreeMap<String, String>;

/// What says that the load balancer is internal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sign<'a> {
    /// An annotation of this name.
    Annotation(&'a str),
    /// The class of load balancer: its default is internal.
    Class,
}

/// What says that a Service's load balancer is internal; none if nothing does.
pub(crate) fn sign<'a>(annotations: &'a Annotations, class: Option<&str>, further: &[String]) -> Option<Sign<'a>> {
    let is = |name: &str, wanted: Option<&str>| {
        annotations.get(name).is_some_and(|value| match wanted {
            Some(wanted) => value.trim().eq_ignore_ascii_case(wanted),
            None => !value.trim().is_empty(),
        })
    };
    let named = |name: &str| annotations.get_key_value(name).map(|(name, _)| Sign::Annotation(name));
    if let Some((name, _)) = ANNOTATIONS.iter().find(|(name, value)| is(name, *value)) {
        return named(name);
    }
    // Kubernetes' own code for AWS takes every value but "false": it was an address range once.
    if annotations.get(AWS_INTERNAL).is_some_and(|value| !matches!(value.trim(), "" | "false")) {
        return named(AWS_INTERNAL);
    }
    let further = further.iter().find_map(|entry| {
        let (name, value) = entry.split_once('=').map_or((entry.as_str(), None), |(name, value)| (name, Some(value)));
        is(name, value).then(|| named(name)).flatten()
    });
    further.or_else(|| by_default(annotations, class))
}

/// Tailscale's class opens a Service to its own network only. The AWS Load Balancer Controller makes
/// internal ones since 2.2 unless it is told otherwise; it takes Services of its class or type.
fn by_default<'a>(annotations: &'a Annotations, class: Option<&str>) -> Option<Sign<'a>> {
    if class == Some("tailscale") {
        return Some(Sign::Class);
    }
    if annotations.contains_key(AWS_SCHEME) || annotations.contains_key(AWS_INTERNAL) {
        return None;
    }
    if matches!(class, Some("service.k8s.aws/nlb" | "eks.amazonaws.com/nlb")) {
        return Some(Sign::Class);
    }
    let (name, value) = annotations.get_key_value(AWS_TYPE)?;
    matches!(value.trim(), "external" | "nlb-ip").then_some(Sign::Annotation(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(annotations: &[(&str, &str)], class: Option<&str>, further: &[&str]) -> Option<String> {
        let annotations = annotations.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let further: Vec<_> = further.iter().map(|entry| (*entry).to_owned()).collect();
        sign(&annotations, class, &further).map(|sign| match sign {
            Sign::Annotation(name) => name.rsplit('/').next().unwrap_or_default().to_owned(),
            Sign::Class => "class".to_owned(),
        })
    }

    #[test]
    fn annotations_of_the_clouds() {
        let internal = |name: &str, value: &str| of(&[(name, value)], None, &[]).is_some();
        assert!(internal("networking.gke.io/load-balancer-type", "Internal"));
        assert!(!internal("networking.gke.io/load-balancer-type", "External"));
        assert!(internal("service.beta.kubernetes.io/azure-load-balancer-internal", "true"));
        assert!(!internal("service.beta.kubernetes.io/azure-load-balancer-internal", "false"));
        assert!(internal("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", "subnet-1"));
        assert!(internal("service.beta.kubernetes.io/scw-loadbalancer-private", "true"));
        assert!(!internal("service.beta.kubernetes.io/scw-loadbalancer-private", "false"));
        assert!(internal("service.beta.kubernetes.io/do-loadbalancer-network", "INTERNAL"));
        assert!(!internal("service.beta.kubernetes.io/do-loadbalancer-network", "EXTERNAL"));
        assert!(!internal("example.org/internal", "true"));
    }

    #[test]
    fn amazon_has_three_ways() {
        assert_eq!(of(&[(AWS_INTERNAL, "true")], None, &[]).as_deref(), Some("aws-load-balancer-internal"));
        assert_eq!(of(&[(AWS_INTERNAL, "0.0.0.0/0")], None, &[]).as_deref(), Some("aws-load-balancer-internal"));
        assert_eq!(of(&[(AWS_INTERNAL, "false")], None, &[]), None);
        assert_eq!(of(&[(AWS_TYPE, "external")], None, &[]).as_deref(), Some("aws-load-balancer-type"));
        assert_eq!(of(&[(AWS_TYPE, "nlb")], None, &[]), None);
        assert_eq!(of(&[(AWS_TYPE, "external"), (AWS_SCHEME, "internet-facing")], None, &[]), None);
        assert_eq!(of(&[], Some("service.k8s.aws/nlb"), &[]).as_deref(), Some("class"));
        assert_eq!(of(&[(AWS_SCHEME, "internet-facing")], Some("service.k8s.aws/nlb"), &[]), None);
        assert_eq!(of(&[], Some("example.org/lb"), &[]), None);
        assert_eq!(of(&[], Some("tailscale"), &[]).as_deref(), Some("class"));
    }

    #[test]
    fn further_annotations() {
        let metallb = [("metallb.io/address-pool", "office")];
        assert_eq!(of(&metallb, None, &[]), None);
        assert!(of(&metallb, None, &["metallb.io/address-pool=office"]).is_some());
        assert!(of(&metallb, None, &["metallb.io/address-pool"]).is_some());
        assert_eq!(of(&metallb, None, &["metallb.io/address-pool=public"]), None);
    }
}
