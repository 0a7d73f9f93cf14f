//! In which language a component was written, as far as what its tools left in it tells.

use wasmparser::{ComponentName, KnownCustom, Name, Parser, Payload};

/// A language that policies are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust, by wit-bindgen.
    Rust,
    /// JavaScript or TypeScript, by componentize-qjs or another tool that brings an engine.
    JavaScript,
    /// Python, by componentize-py.
    Python,
}

impl Language {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
        }
    }
}

/// The language of a component; none if nothing tells.
pub fn language_of(component: &[u8]) -> Option<Language> {
    let traces = traces(component);
    let has = |word: &str| traces.iter().any(|trace| trace.contains(word));
    // Engines are written in other languages themselves, and say so too: they come first.
    if has("libpython") || has("componentize-py") {
        Some(Language::Python)
    } else if has("quickjs") || has("qjs") || has("starlingmonkey") {
        Some(Language::JavaScript)
    } else if has("wit-bindgen-rust") || has("rustc") {
        Some(Language::Rust)
    } else {
        None
    }
}

/// The names of its modules, and of the tools that made them, in small letters. What cannot be read tells nothing.
fn traces(component: &[u8]) -> Vec<String> {
    let mut traces = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        let Ok(Payload::CustomSection(section)) = payload else { continue };
        match section.as_known() {
            KnownCustom::Producers(fields) => {
                for value in fields.into_iter().flatten().flat_map(|field| field.values.into_iter().flatten()) {
                    traces.push(value.name.to_lowercase());
                }
            }
            KnownCustom::Name(names) => {
                for name in names.into_iter().flatten() {
                    if let Name::Module { name, .. } = name {
                        traces.push(name.to_lowercase());
                    }
                }
            }
            KnownCustom::ComponentName(names) => {
                for name in names.into_iter().flatten() {
                    match name {
                        ComponentName::Component { name, .. } => traces.push(name.to_lowercase()),
                        ComponentName::CoreModules(names) => {
                            traces.extend(names.into_iter().flatten().map(|naming| naming.name.to_lowercase()));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    traces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_nothing_is_of_no_language() {
        assert_eq!(language_of(b"\0asm\x0d\0\x01\0"), None);
        assert_eq!(language_of(b"nothing"), None);
    }
}
