//! The programs of a language, as they are started: in the policy's folder, without input, what they print kept.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::BuildError;

/// A program that the author has to have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tool {
    /// What it is called.
    pub(super) program: &'static str,
    /// What it is for.
    pub(super) purpose: &'static str,
    /// How to get it.
    pub(super) remedy: &'static str,
}

/// What a program said, and whether it succeeded.
pub(super) struct Said {
    pub(super) succeeded: bool,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    /// All of it: compilers complain on either.
    pub(super) fn whole(&self) -> String {
        [self.out.trim_end(), self.err.trim_end()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Tool {
    /// Starts the program itself.
    pub(super) fn run<S: AsRef<OsStr>>(
        self,
        folder: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Said, BuildError> {
        self.start(Command::new(self.program).args(arguments).current_dir(folder))
    }

    /// Starts a command that is, or needs, this program.
    pub(super) fn start(self, command: &mut Command) -> Result<Said, BuildError> {
        let output = command.stdin(Stdio::null()).output().map_err(|error| {
            self.problem(match error.kind() {
                ErrorKind::NotFound => "it is not here".to_owned(),
                _ => format!("it does not start ({error})"),
            })
        })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Said { succeeded: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) })
    }

    /// Something is the matter with it.
    pub(super) fn problem(self, problem: String) -> BuildError {
        BuildError::Tool { program: self.program, purpose: self.purpose, problem, remedy: self.remedy }
    }

    /// Sees to it that it is there in this version or a later one, by what `--version` prints.
    pub(super) fn at_least(self, folder: &Path, wanted: (u32, u32)) -> Result<(), BuildError> {
        let said = self.run(folder, ["--version"])?;
        match version(&said.out) {
            Some(found) if found >= wanted => Ok(()),
            Some(found) => {
                let (major, minor) = found;
                Err(self.problem(format!(
                    "version {major}.{minor} is too old: it has to be {}.{} or later",
                    wanted.0, wanted.1
                )))
            }
            None => Err(self.problem(format!("`{} --version` tells no version", self.program))),
        }
    }
}

/// The first two numbers of a text such as `v20.20.2` or `Python 3.11.7`.
fn version(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let mut numbers = text.get(start..)?.split(|letter: char| !letter.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        for (text, expected) in [
            ("v20.20.2\n", Some((20, 20))),
            ("Python 3.11.7", Some((3, 11))),
            ("no version", None),
            ("v8", None),
            ("", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_missing_or_too_old_is_named_with_the_way_to_it() {
        let tool = |program| Tool { program, purpose: "to try it", remedy: "install it" };
        let folder = Path::new(".");
        for (tool, wanted, words) in [
            (tool("no-such-program"), (1, 0), "no-such-program is needed, to try it, and it is not here; install it"),
            (tool("bash"), (99, 0), "is too old: it has to be 99.0 or later; install it"),
            (tool("true"), (99, 99), "true is needed, to try it, and "),
        ] {
            let problem = tool.at_least(folder, wanted).unwrap_err().to_string();
            assert!(problem.contains(words), "{problem}");
        }
        assert!(tool("bash").at_least(folder, (1, 0)).is_ok());
    }
}
