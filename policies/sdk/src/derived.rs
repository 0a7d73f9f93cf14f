//! What the code names that `#[derive(Settings)]` writes: a policy need not depend on these crates.

pub use {schemars, serde};
