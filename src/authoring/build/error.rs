//! Why there is no component.

use std::fmt::Display;
use std::path::Path;

use tidegate_component::Refusal;
use tidegate_component::toolchain::ToolchainError;

/// Why there is no component. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder has no policy.
    #[error(
        "{0}: there is no policy in this folder; looked for Cargo.toml (Rust), package.json with policy.js or \
         policy.ts (JavaScript, TypeScript) and policy.py (Python); `tidegate policy new` makes one"
    )]
    NoPolicy(String),
    /// The folder has policies in more than one language.
    #[error("{folder}: there are policies in {languages} in this folder; give each a folder of its own")]
    Several {
        /// The folder.
        folder: String,
        /// The languages.
        languages: String,
    },
    /// A program is missing, or too old.
    #[error("{program} is needed, {purpose}, and {problem}; {remedy}")]
    Tool {
        /// The program.
        program: &'static str,
        /// What for.
        purpose: &'static str,
        /// What is the matter.
        problem: String,
        /// How to get it.
        remedy: &'static str,
    },
    /// No compiler for WebAssembly.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// What the language's registry was asked for did not come.
    #[error("{what} failed:\n{output}")]
    Install {
        /// The command.
        what: String,
        /// What it said.
        output: String,
    },
    /// The author's code does not compile, or its types do not fit.
    #[error("{what}{}", if output.is_empty() { String::new() } else { format!(":\n{output}") })]
    Code {
        /// What is wrong, in a few words.
        what: &'static str,
        /// What the compiler says; empty if it said so itself already.
        output: String,
    },
    /// The component is none that the gate would take.
    #[error("the policy is built, and the gate would refuse it:{}", list(.0))]
    Refused(Vec<String>),
    /// The compiler's module does not make a component.
    #[error("the policy compiles, and the gate would refuse it: {0}")]
    NoComponent(Refusal),
    /// Something in the folder is not as it has to be.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
}

impl BuildError {
    /// Whether the author's code is at fault, and not what is around it.
    pub fn is_about_code(&self) -> bool {
        matches!(self, Self::Code { .. } | Self::Refused(_) | Self::NoComponent(_))
    }

    /// A checker of types complains, by mypy's or TypeScript's words: of what it cannot read, or of types.
    pub(super) fn types(output: String) -> Self {
        let unreadable = output.contains("[syntax]") || output.contains(": error TS1");
        Self::Code { what: if unreadable { "the policy cannot be read" } else { "the types do not fit" }, output }
    }

    pub(super) fn file(file: &Path, problem: &dyn Display) -> Self {
        Self::File { file: file.display().to_string(), problem: problem.to_string() }
    }
}

fn list(problems: &[String]) -> String {
    match problems {
        [one] => format!(" {one}"),
        several => several.iter().map(|problem| format!("\n  {problem}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_has_no_types() {
        for (output, words) in [
            ("policy.py:12: error: '(' was never closed  [syntax]", "the policy cannot be read:\npolicy.py:12"),
            ("policy.js(3,1): error TS1005: ',' expected.", "the policy cannot be read:\npolicy.js(3,1)"),
            ("policy.ts(3,1): error TS2322: Type 'number' is", "the types do not fit:\npolicy.ts(3,1)"),
            (
                "policy.py:3: error: Incompatible return value type  [return-value]",
                "the types do not fit:\npolicy.py:3",
            ),
        ] {
            assert!(BuildError::types(output.to_owned()).to_string().starts_with(words), "{output}");
        }
    }
}
