//! The CustomResourceDefinitions in `webhook-deploy/` are those that the types say. `make docs` writes them: it runs
//! this test with `TIDEGATE_WRITE_DOCS=1`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::{env, fs};

use tidegate::controller::definitions_yaml;

#[test]
fn the_definitions_are_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-deploy/05-crds.yaml");
    let wanted = definitions_yaml().unwrap();
    if env::var_os("TIDEGATE_WRITE_DOCS").is_some() {
        fs::write(&file, &wanted).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == wanted, "webhook-deploy/05-crds.yaml is not what the types say; run `make docs`");
}
