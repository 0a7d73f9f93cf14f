//! The contract, the SDKs and the templates, as they were when this program was built. `build.rs` makes
//! the list.

include!(concat!(env!("OUT_DIR"), "/authoring.rs"));

/// The files below a folder of the project, or the one file of that name: each with its path from there on
/// (empty for the file itself) and its text.
pub(super) fn below(place: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDED.iter().filter_map(move |(path, text)| {
        let rest = path.strip_prefix(place)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((rest.trim_start_matches('/'), *text))
    })
}
