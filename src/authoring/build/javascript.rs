//! A policy in JavaScript or TypeScript: componentize-qjs, which puts QuickJS and the policy into one component.
//!
//! `--sync` because a policy waits for nothing, and without it the component would import what no gate offers;
//! `--stub-wasi` satisfies what QuickJS asks of a system, with nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::BuildError;
use super::folder::Folder;
use super::tool::Tool;
use super::{Language, Options};

/// componentize-qjs says that it needs this (`engines` of its package.json).
const NODE: (u32, u32) = (18, 0);

const NODE_JS: Tool = Tool {
    program: "node",
    purpose: "to run the tools that make a component of JavaScript",
    remedy: "version 18 or later is on https://nodejs.org, and on Debian 12 by `apt-get install nodejs`",
};
const NPM: Tool = Tool {
    program: "npm",
    purpose: "to fetch what package.json lists",
    remedy: "it comes with Node.js from https://nodejs.org, and on Debian by `apt-get install npm`",
};
const COMPONENTIZE: Tool = Tool {
    program: "componentize-qjs",
    purpose: "to make a component of JavaScript",
    remedy: "list it in package.json: `npm install --save-dev --save-exact componentize-qjs@0.4.5`",
};
const TSC: Tool = Tool {
    program: "tsc",
    purpose: "to compile TypeScript",
    remedy: "list it in package.json: `npm install --save-dev --save-exact typescript@7.0.2`",
};

pub(super) fn build(
    folder: &Folder,
    language: Language,
    options: &Options,
    tell: &mut dyn FnMut(&str),
) -> Result<Vec<u8>, BuildError> {
    NODE_JS.at_least(&folder.whole, NODE)?;
    let componentize = find(folder, COMPONENTIZE, tell)?;
    let scratch = folder.scratch()?;
    let root = match language {
        Language::TypeScript => {
            compile(folder, &find(folder, TSC, tell)?, scratch.path())?;
            scratch.path().to_owned()
        }
        _ => {
            if !options.skip_types {
                check_types(folder)?;
            }
            folder.whole.clone()
        }
    };
    let made = scratch.path().join("component.wasm");
    let said = COMPONENTIZE.start(
        Command::new(&componentize)
            .args(["-w", "wit", "-n", "policy", "--sync", "--stub-wasi", "--module-root"])
            .arg(&root)
            .arg("-j")
            .arg(root.join("policy.js"))
            .arg("-o")
            .arg(&made)
            .current_dir(&folder.whole),
    )?;
    if !said.succeeded {
        return Err(BuildError::Code { what: "the policy does not run", output: readable(&said.err) });
    }
    std::fs::read(&made).map_err(|error| BuildError::file(&made, &error))
}

/// A program of the folder's packages, which are fetched if it is not there.
fn find(folder: &Folder, tool: Tool, tell: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let path = in_packages(folder, tool);
    if !path.exists() {
        let command = if folder.whole.join("package-lock.json").exists() { "ci" } else { "install" };
        tell(&format!("fetching what package.json lists, by npm {command}"));
        let said = NPM.run(&folder.whole, [command, "--no-audit", "--no-fund", "--loglevel=error"])?;
        if !said.succeeded {
            return Err(BuildError::Install { what: format!("npm {command}"), output: said.whole() });
        }
    }
    if path.exists() { Ok(path) } else { Err(tool.problem("package.json does not list it".to_owned())) }
}

fn in_packages(folder: &Folder, tool: Tool) -> PathBuf {
    folder.whole.join("node_modules/.bin").join(tool.program)
}

/// From TypeScript to JavaScript, in a folder. `tsconfig.json` says how strictly; what it says of output does not
/// count, since for editors it is best that there is none.
fn compile(folder: &Folder, tsc: &Path, to: &Path) -> Result<(), BuildError> {
    if !folder.whole.join("tsconfig.json").exists() {
        let problem = "it is missing, and says how policy.ts is compiled; `tidegate policy new` makes one";
        return Err(BuildError::file(&folder.path.join("tsconfig.json"), &problem));
    }
    let arguments =
        ["--project", "tsconfig.json", "--noEmit", "false", "--allowJs", "true", "--rootDir", ".", "--outDir"];
    types_fit(Command::new(tsc).args(arguments).arg(to).current_dir(&folder.whole))
}

/// Whether the types of JavaScript fit, where the folder wants that: what a wrong type of an answer is, the component
/// could only tell by a crash.
fn check_types(folder: &Folder) -> Result<(), BuildError> {
    let tsc = in_packages(folder, TSC);
    if !folder.whole.join("jsconfig.json").exists() || !tsc.exists() {
        return Ok(());
    }
    types_fit(Command::new(tsc).args(["--project", "jsconfig.json", "--noEmit"]).current_dir(&folder.whole))
}

fn types_fit(command: &mut Command) -> Result<(), BuildError> {
    let said = TSC.start(command)?;
    if said.succeeded {
        return Ok(());
    }
    Err(BuildError::types(said.whole()))
}

/// The complaint without the tool's own steps before it.
fn readable(complaint: &str) -> String {
    let mut text = complaint.trim();
    for step in [
        "Error:",
        ":",
        "Failed to evaluate user JavaScript module:",
        "Failed to declare JavaScript module:",
        "Failed to finish JavaScript module evaluation:",
    ] {
        text = text.strip_prefix(step).unwrap_or(text).trim_start();
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_begins_with_what_is_wrong() {
        for (complaint, expected) in [
            (
                "Error: : Failed to evaluate user JavaScript module: Failed to declare JavaScript module: Error: invalid \
                 property name\n    at /policy.js:2:1\n\n",
                "Error: invalid property name\n    at /policy.js:2:1",
            ),
            (
                "Error: : Failed to evaluate user JavaScript module: Failed to finish JavaScript module evaluation: Error: \
                 at the top\n    at <anonymous> (/policy.js:1:11)\n",
                "Error: at the top\n    at <anonymous> (/policy.js:1:11)",
            ),
            ("something else", "something else"),
        ] {
            assert_eq!(readable(complaint), expected);
        }
    }
}
