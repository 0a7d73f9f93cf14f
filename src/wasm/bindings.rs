//! The contract's types and functions, generated from `policies/wit/policy.wit`.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "policies/wit",
    world: "policy",
});
