//! Whether the gate's account may read what policies were granted, and the rule of RBAC that lets it.

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::api::{Api, ApiResource, PostParams};
use kube::{Client, Error};

use crate::cluster::{TypeError, Types};
use crate::lookup::ResourceType;

/// How policies read: one object, or all.
const VERBS: &[&str] = &["get", "list"];
/// Of a Secret they learn only whether it is there.
const VERBS_OF_SECRETS: &[&str] = &["get"];

/// What the account may not do of what a policy was granted, with the rules that it lacks; none if it may do all.
///
/// # Errors
/// What the API server says when it is asked.
pub(super) async fn missing(client: &Client, types: &Types, reads: &[ResourceType]) -> Result<Option<String>, Error> {
    let mut rules = Vec::new();
    for read in reads {
        let resource = match types.find(read).await {
            Ok(served) => served.resource,
            // Nobody has a right to what there is not; when it is there, the right is looked for.
            Err(TypeError::Impossible | TypeError::NotServed { .. }) => continue,
            Err(TypeError::Refused(status)) => return Err(Error::Api(status)),
            Err(TypeError::NoAnswer(error)) => return Err(error),
        };
        let mut denied = Vec::new();
        let is_secret = read.group().is_empty() && read.kind == "Secret";
        for verb in if is_secret { VERBS_OF_SECRETS } else { VERBS }.iter().copied() {
            if !may(client, verb, &resource).await? {
                denied.push(verb);
            }
        }
        if !denied.is_empty() {
            rules.push(rule(&resource, &denied));
        }
    }
    Ok((!rules.is_empty()).then(|| told(&rules)))
}

/// What is wrong, and the way out. The gate's own ClusterRole is none: the next installation takes back what was added.
/// Short, so that a status has room for rules.
fn told(rules: &[String]) -> String {
    format!(
        "in force; but what the policy asks may have no answer: to grant it what is missing, run tidegate policy \
         inspect --rights FILE | kubectl apply -f -. It lacks {}",
        rules.join(" and ")
    )
}

async fn may(client: &Client, verb: &str, resource: &ApiResource) -> Result<bool, Error> {
    let attributes = ResourceAttributes {
        group: Some(resource.group.clone()),
        resource: Some(resource.plural.clone()),
        verb: Some(verb.to_owned()),
        ..ResourceAttributes::default()
    };
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() },
        ..SelfSubjectAccessReview::default()
    };
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answer = reviews.create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}

/// `- { apiGroups: [""], resources: [services], verbs: [get, list] }`.
fn rule(resource: &ApiResource, verbs: &[&str]) -> String {
    let group = if resource.group.is_empty() { "\"\"" } else { &resource.group };
    format!("- {{ apiGroups: [{group}], resources: [{}], verbs: [{}] }}", resource.plural, verbs.join(", "))
}

#[cfg(test)]
mod tests {
    use kube::api::GroupVersionKind;

    use super::*;

    #[test]
    fn the_rule_can_be_pasted() {
        for (group, kind, wanted) in [
            ("", "Service", "- { apiGroups: [\"\"], resources: [services], verbs: [get, list] }"),
            (
                "networking.k8s.io",
                "NetworkPolicy",
                "- { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [get, list] }",
            ),
        ] {
            assert_eq!(rule(&ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind)), VERBS), wanted);
        }
    }

    #[test]
    fn the_way_out_outlives_the_next_installation() {
        let told = told(&["- { a }".to_owned(), "- { b }".to_owned()]);
        for part in [
            "may have no answer",
            "tidegate policy inspect --rights FILE | kubectl apply -f -",
            "It lacks - { a } and - { b }",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        assert!(!told.contains("20-rbac.yaml"), "{told}");
    }
}
