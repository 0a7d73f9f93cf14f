//! The policies that are part of this program.

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Their names, in order.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

/// The component of a built-in policy.
pub(super) fn component(name: &str) -> Option<&'static [u8]> {
    BUILTIN.iter().find(|(builtin, _)| *builtin == name).map(|(_, bytes)| *bytes)
}
