//! Whatever edits a policy asks for, in whatever order.

use json_patch::patch;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{deployment, finding, run};
use crate::finding::{Edit, Severity};
use crate::policy::Action;

fn any_edit() -> impl Strategy<Value = Edit> {
    let pointer = prop_oneof![
        Just("/spec/strategy"),
        Just("/spec/strategy/type"),
        Just("/spec/template/spec/containers/0/args"),
        Just("/spec/template/spec/containers/0/args/0"),
        Just("/spec/template/spec/containers/1"),
        Just("/spec/template/spec/containers/0/env/0"),
        Just("/spec/a/b/c"),
        Just("/spec/a"),
        Just("/metadata/labels/x~1y"),
    ]
    .prop_map(str::to_owned);
    let value = prop_oneof![Just(json!("x")), Just(json!({ "type": "Recreate" })), Just(json!([1])), Just(Value::Null)];
    (pointer, value, 0..4u8).prop_map(|(pointer, value, kind)| match kind {
        0 => Edit::Set(pointer, value),
        1 => Edit::Remove(pointer),
        2 => Edit::Append(pointer, value),
        _ => Edit::MoveToSecret(pointer),
    })
}

proptest! {
    #[test]
    fn the_patch_leads_from_the_first_object_to_the_last(fixes in prop::collection::vec(prop::collection::vec(any_edit(), 0..3), 0..6)) {
        let found = fixes.into_iter().map(|edits| finding("/spec", Severity::Low, edits)).collect();
        let evaluation = run(deployment(), Action::Fix, Ok(found));
        let mut patched = deployment();
        patch(&mut patched, &evaluation.patch).unwrap();
        prop_assert_eq!(patched, evaluation.object);
        prop_assert!(!serde_json::to_string(&evaluation.patch).unwrap().contains("word-1"));
    }
}
