//! Objects that say that somebody else manages them: they are not judged, and that is told.

use serde_json::Value;

use super::{DEPLOYMENT, Place};

/// The Deployment with more in its metadata.
fn with(metadata: &str) -> String {
    DEPLOYMENT.replace("  namespace: shop\n", &format!("  namespace: shop\n{metadata}"))
}

const OPERATOR: &str = "  labels: { app.kubernetes.io/managed-by: mysql-operator }\n";
const OWNER: &str = "  ownerReferences: [{ apiVersion: a/v1, kind: Shop, name: shop, uid: a, controller: true }]\n";

#[test]
fn what_is_left_alone_is_counted_and_named() {
    for (metadata, reason, word) in
        [(OPERATOR, "an operator manages it", "operatorManaged"), (OWNER, "another object controls it", "controlled")]
    {
        let place = Place::with(&[("mysql.yaml", &with(metadata))]);
        let told = place.audit(&["mysql.yaml"]);
        assert_eq!((told.code, told.rules().len()), (0, 0), "{}", told.out);
        assert!(told.out.contains(&format!("1 object that may run MySQL was not judged: {reason}")), "{}", told.out);
        assert!(told.out.contains("--verbose names each") && !told.out.contains("Deployment"), "{}", told.out);
        let verbose = place.audit(&["--verbose", "mysql.yaml"]).out;
        assert!(verbose.contains("Deployment \"mysql\"") && verbose.contains("not judged: "), "{verbose}");
        let json: Value = serde_json::from_str(&place.audit(&["--format", "json", "mysql.yaml"]).out).unwrap();
        assert_eq!(json["objects"][0]["leftAlone"], word);
        assert!(place.audit(&["--format", "yaml", "mysql.yaml"]).out.contains(&format!("leftAlone: {word}")));
    }
}

#[test]
fn what_has_nothing_to_do_with_mysql_is_not_told_of() {
    let nginx = with(OPERATOR).replace("mysql:8.4", "nginx:1.27").replace("MYSQL_ROOT_PASSWORD", "COLOUR");
    let place = Place::with(&[("nginx.yaml", &nginx.replace("mysql", "nginx"))]);
    let told = place.audit(&["nginx.yaml"]).out;
    assert!(!told.contains("not judged"), "{told}");
}
