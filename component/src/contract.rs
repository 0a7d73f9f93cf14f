//! The contract: the world that every policy is a component of.

use wit_parser::{Resolve, WorldId};

/// The contract's text, as it is when this program is built.
pub const TEXT: &str = include_str!("../../policies/wit/policy.wit");
/// What stands before the version in the contract's text.
const PACKAGE: &str = "package tidegate:policy@";

/// The contract's text cannot be read: nobody but its author can make that so.
#[derive(Debug, thiserror::Error)]
#[error("the contract cannot be read: {0}")]
pub struct ContractError(String);

/// The contract in one version, read.
pub struct Contract {
    pub(crate) resolve: Resolve,
    pub(crate) world: WorldId,
    version: String,
}

impl Contract {
    /// The contract as it is.
    ///
    /// # Errors
    /// [`ContractError`].
    pub fn current() -> Result<Self, ContractError> {
        Self::parse(TEXT)
    }

    /// The contract as it is, under the number of another version: names hold the number, and versions of one
    /// major number differ in nothing but what was added.
    ///
    /// # Errors
    /// [`ContractError`].
    pub(crate) fn called(version: &str) -> Result<Self, ContractError> {
        match version_of(TEXT) {
            Some(own) => Self::parse(&TEXT.replacen(&format!("{PACKAGE}{own};"), &format!("{PACKAGE}{version};"), 1)),
            None => Self::parse(TEXT),
        }
    }

    fn parse(text: &str) -> Result<Self, ContractError> {
        let unreadable = |problem: String| ContractError(problem);
        let mut resolve = Resolve::default();
        let package = resolve.push_str("policy.wit", text).map_err(|error| unreadable(format!("{error:#}")))?;
        let world =
            resolve.select_world(&[package], Some("policy")).map_err(|error| unreadable(format!("{error:#}")))?;
        let version = version_of(text).ok_or_else(|| unreadable("it has no version".to_owned()))?.to_owned();
        Ok(Self { resolve, world, version })
    }

    /// Its version, for instance `1.0.0`.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// The version of a contract's text; none if it is none of this contract.
pub fn version_of(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix(PACKAGE)?.strip_suffix(';'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_text() {
        assert_eq!(version_of(TEXT), Some(Contract::current().unwrap().version()));
        assert_eq!(Contract::called("1.7.3").unwrap().version(), "1.7.3");
        for other in ["", "package wasi:http@0.2.0;", "// package tidegate:policy@1.0.0;"] {
            assert_eq!(version_of(other), None, "{other}");
        }
    }
}
