//! The contract in Rust, generated from `policies/wit/policy.wit`. Nothing here is written by hand.
#![allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, reason = "generated code")]

wit_bindgen::generate!({
    path: "../wit",
    world: "policy",
    additional_derives: [PartialEq],
    pub_export_macro: true,
    export_macro_name: "export_component",
    default_bindings_module: "::tidegate_policy::bindings",
});
