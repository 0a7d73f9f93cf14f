//! What the account has to be allowed, asked for before anything is done.

use std::collections::BTreeSet;

use super::certificate::SECRET;
use super::plan::Stage;
use super::{InstallError, Options, Plan, probe};
use crate::objects::{self, Objects, Right};

/// Whether it may do all that an installation does.
///
/// # Errors
/// [`InstallError`] with each right that is missing.
pub(super) async fn check(objects: &Objects, plan: &Plan, options: &Options) -> Result<(), InstallError> {
    Ok(objects::check_with_grants(objects, to_install(plan, options), objects::granted_by(plan.objects())).await?)
}

/// Beside what is applied: the trial, without which nothing comes into force, and its end, whichever it is.
fn to_install(plan: &Plan, options: &Options) -> BTreeSet<Right> {
    let mut rights = objects::to_apply(plan.objects());
    rights.insert(probe::right());
    rights.extend(objects::to_delete(plan.of(Stage::Webhooks)));
    rights.extend(objects::to_replace(plan.of(Stage::Webhooks)));
    if !options.cert_manager {
        rights.insert(Right {
            resource: "secrets".to_owned(),
            verb: "get".to_owned(),
            namespace: Some(options.namespace.clone()),
            name: Some(SECRET.to_owned()),
            ..Right::default()
        });
    }
    rights
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_trial_the_certificate_and_the_way_back_are_asked_for_too() {
        let own = |cert_manager: bool| {
            let options = Options { namespace: "gate".to_owned(), cert_manager, ..Options::default() };
            let rights = to_install(&Plan::new(&options).unwrap(), &options);
            let told = |right: Right| {
                let Right { resource, verb, namespace, name, .. } = right;
                format!("{verb} {resource} {} {}", namespace.unwrap_or_default(), name.unwrap_or_default())
            };
            rights.into_iter().map(told).map(|told| told.trim_end().to_owned()).collect::<BTreeSet<String>>()
        };
        let both = [
            "create deployments default",
            "delete mutatingwebhookconfigurations",
            "delete validatingwebhookconfigurations",
            "update mutatingwebhookconfigurations",
            "update validatingwebhookconfigurations",
        ];
        for (cert_manager, expected, other) in [
            (false, &["get secrets gate tidegate-tls"][..], "create certificates gate"),
            (true, &["create certificates gate", "patch issuers gate"][..], "get secrets gate tidegate-tls"),
        ] {
            let rights = own(cert_manager);
            for right in both.iter().chain(expected) {
                assert!(rights.contains(*right), "no {right:?} in {rights:?}");
            }
            assert!(!rights.contains(other), "{other:?} in {rights:?}");
        }
    }
}
