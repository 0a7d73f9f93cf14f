//! Exceptions that a manifest makes.

use super::{DEPLOYMENT, Place};

fn excepting(lines: &str) -> String {
    DEPLOYMENT.replace(
        "  namespace: shop\n",
        &format!("  namespace: shop\n  annotations:\n    tidegate.dev/exceptions: \"{lines}\"\n"),
    )
}

#[test]
fn an_exception_needs_a_reason_and_a_policy_that_allows_it() {
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT)]);
    let before = place.audit(&["mysql.yaml"]).rules();
    assert!(before.contains(&"MY018".to_owned()), "{before:?}");

    place.write("mysql.yaml", &excepting("MY018: nothing else runs there"));
    let granted = place.audit(&["mysql.yaml"]);
    assert!(!granted.rules().contains(&"MY018".to_owned()), "{}", granted.out);
    assert!(granted.out.contains("excepted"), "{}", granted.out);
    let verbose = place.audit(&["--verbose", "mysql.yaml"]);
    assert!(verbose.out.contains("excepted: nothing else runs there"), "{}", verbose.out);

    place.write("mysql.yaml", &excepting("MY018:"));
    let rules = place.audit(&["mysql.yaml"]).rules();
    assert!(rules.contains(&"MY018".to_owned()) && rules.contains(&"MY040".to_owned()), "{rules:?}");

    // That data may be lost is not for the author alone to say.
    place.write("mysql.yaml", &excepting("MY005: a test"));
    let refused = place.audit(&["mysql.yaml"]);
    assert!(refused.rules().contains(&"MY005".to_owned()), "{}", refused.out);
    assert!(
        refused.out.contains("not excepted: policy persistent-data allows exceptions up to medium"),
        "{}",
        refused.out
    );
    place.write(
        "policy.yaml",
        "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: persistent-data }\nspec: { module: \
         'builtin://persistent-data', exceptions: critical }\n",
    );
    let allowed = place.audit(&["--policy", "policy.yaml", "mysql.yaml"]);
    assert!(!allowed.rules().contains(&"MY005".to_owned()), "{}", allowed.out);
}

#[test]
fn an_exception_from_a_rule_that_there_is_not_is_told() {
    for (lines, told) in [
        ("MY0188: a slip", Some("Did you mean MY018?")),
        ("SHOP7: of a policy that is not loaded", Some("there is no rule SHOP7")),
        ("MY018, TG001: watched", None),
    ] {
        let place = Place::with(&[("mysql.yaml", &excepting(lines))]);
        let outcome = place.audit(&["mysql.yaml"]);
        assert_eq!(outcome.rules().contains(&"MY040".to_owned()), told.is_some(), "{lines}: {}", outcome.out);
        assert!(told.is_none_or(|told| outcome.out.contains(told)), "{lines}: {}", outcome.out);
    }
}

#[test]
fn a_reason_shows_no_password() {
    let place = Place::with(&[("mysql.yaml", &excepting("MY018: root has correct-horse for now"))]);
    for format in ["table", "json", "sarif", "junit", "html", "markdown", "policyreport"] {
        let outcome = place.audit(&["--verbose", "--format", format, "mysql.yaml"]);
        assert!(!outcome.out.contains("correct-horse"), "{format}: {}", outcome.out);
    }
    assert!(place.audit(&["--verbose", "mysql.yaml"]).out.contains("root has <withheld> for now"));
}
