//! A policy in Python: componentize-py, which puts CPython and the policy into one component, in a `.venv` of the
//! policy's folder.
//!
//! `--stub-wasi` satisfies what CPython asks of a system, with nothing. The policy's modules are read once, when the
//! component is made: there is no file system in it to import from later.

use std::process::Command;

use super::Options;
use super::error::BuildError;
use super::folder::Folder;
use super::tool::Tool;

/// componentize-py says that it needs this (`requires_python`).
const OLDEST: (u32, u32) = (3, 10);
/// What is installed where no requirements.txt says so: what this was tried with.
const COMPONENTIZE_PY: &str = "componentize-py==0.25.1";

const PYTHON: Tool = Tool {
    program: "python3",
    purpose: "to run the tools that make a component of Python",
    remedy: "version 3.10 or later is on https://python.org, and on Debian 12 by `apt-get install python3 python3-venv`",
};
const COMPONENTIZE: Tool = Tool {
    program: "componentize-py",
    purpose: "to make a component of Python",
    remedy: "list componentize-py==0.25.1 in requirements.txt, and delete .venv, which is then made anew",
};
const MYPY: Tool = Tool {
    program: "mypy",
    purpose: "to check the types of Python",
    remedy: "list it in requirements.txt, or build with --skip-types",
};

pub(super) fn build(folder: &Folder, options: &Options, tell: &mut dyn FnMut(&str)) -> Result<Vec<u8>, BuildError> {
    let bin = folder.whole.join(".venv/bin");
    let componentize = bin.join("componentize-py");
    if !componentize.exists() {
        prepare(folder, tell)?;
    }
    if !componentize.exists() {
        return Err(COMPONENTIZE.problem("requirements.txt does not list it".to_owned()));
    }
    if !options.skip_types {
        check_types(folder)?;
    }
    let scratch = folder.scratch()?;
    let made = scratch.path().join("component.wasm");
    // It looks for packages of a virtual environment, and without one for those of the whole machine.
    let nothing = scratch.path().join("no-packages");
    std::fs::create_dir(&nothing).map_err(|error| BuildError::file(&nothing, &error))?;
    tell("making the component, by componentize-py: about ten seconds");
    let said = COMPONENTIZE.start(
        Command::new(&componentize)
            .args(["-d", "wit", "-w", "policy", "componentize", "-p", ".", "policy", "--stub-wasi", "-o"])
            .arg(&made)
            .current_dir(&folder.whole)
            .env("VIRTUAL_ENV", &nothing)
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME"),
    )?;
    if !said.succeeded {
        return Err(BuildError::Code { what: "the policy does not run", output: readable(&said.err) });
    }
    std::fs::read(&made).map_err(|error| BuildError::file(&made, &error))
}

/// Makes `.venv`, with what requirements.txt lists.
fn prepare(folder: &Folder, tell: &mut dyn FnMut(&str)) -> Result<(), BuildError> {
    PYTHON.at_least(&folder.whole, OLDEST)?;
    let python = folder.whole.join(".venv/bin/python");
    if !python.exists() {
        let said = PYTHON.run(&folder.whole, ["-m", "venv", ".venv"])?;
        if !said.succeeded {
            let _ = std::fs::remove_dir_all(folder.whole.join(".venv"));
            let all = said.whole();
            return Err(if all.contains("ensurepip") || all.contains("No module named venv") {
                PYTHON.problem("its module venv is not here".to_owned())
            } else {
                BuildError::Install { what: "python3 -m venv .venv".to_owned(), output: all }
            });
        }
    }
    let wanted = if folder.whole.join("requirements.txt").exists() {
        tell("fetching what requirements.txt lists, by pip into .venv");
        ["-r", "requirements.txt"].as_slice()
    } else {
        tell("fetching componentize-py, by pip into .venv");
        [COMPONENTIZE_PY].as_slice()
    };
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let said = PYTHON.start(Command::new(&python).args(arguments).args(wanted).current_dir(&folder.whole))?;
    if said.succeeded {
        return Ok(());
    }
    Err(BuildError::Install { what: format!("pip install {}", wanted.join(" ")), output: said.whole() })
}

/// Whether the types fit, where the folder wants that and has mypy: a wrong answer would else be a crash at the gate.
fn check_types(folder: &Folder) -> Result<(), BuildError> {
    let mypy = folder.whole.join(".venv/bin/mypy");
    let is_wanted = std::fs::read_to_string(folder.whole.join("pyproject.toml"))
        .is_ok_and(|text| text.lines().any(|line| line.trim() == "[tool.mypy]"));
    if !is_wanted || !mypy.exists() {
        return Ok(());
    }
    let said = MYPY.start(Command::new(mypy).current_dir(&folder.whole))?;
    if said.succeeded {
        return Ok(());
    }
    Err(BuildError::types(said.whole()))
}

/// Python's own traceback, without that of the tool around it, and with files as they are called in the folder.
fn readable(complaint: &str) -> String {
    let text = complaint.split_once("AssertionError: ").map_or(complaint, |(_, own)| own);
    let own =
        ["\nCaused by:", "\nStack backtrace:"].iter().fold(text, |text, end| text.split(end).next().unwrap_or(text));
    // The first folder that modules are looked for in.
    own.replace("File \"/0/", "File \"").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_is_that_of_the_policy() {
        let complaint = "warning: something\nTraceback (most recent call last):\n  File \"/a/.venv/bin/componentize-py\", \
                         line 8, in <module>\nAssertionError: Traceback (most recent call last):\n  File \"/0/policy.py\", \
                         line 1, in <module>\n    import nothere\nModuleNotFoundError: No module named 'nothere'\n\n\nCaused \
                         by:\n    ModuleNotFoundError\n\nStack backtrace:\n   0: <anyhow::Error>\n";
        let expected = "Traceback (most recent call last):\n  File \"policy.py\", line 1, in <module>\n    import \
                        nothere\nModuleNotFoundError: No module named 'nothere'";
        assert_eq!(readable(complaint), expected);
        assert_eq!(readable("anything else\n"), "anything else");
    }
}
