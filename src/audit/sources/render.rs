//! Folders that are no manifests themselves: what kustomize and Helm make of them.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::audit::history::KnownPasswords;
use crate::audit::problem::{InputError, InputProblem};
use crate::workload::withhold_text;
use crate::yaml;

/// The names that kustomize looks for.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// What makes a folder a Helm chart.
const CHART: &str = "Chart.yaml";
/// Where a chart has its values.
const VALUES: &str = "values.yaml";
/// So much of a program's complaint is repeated.
const LONGEST_COMPLAINT: usize = 600;

/// A folder, and what renders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendering {
    folder: PathBuf,
    file: PathBuf,
    by: Renderer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renderer {
    Kustomize,
    Helm,
}

impl Rendering {
    /// How a folder has to be rendered, if it has to be.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let found = |name: &str, by| {
            let file = folder.join(name);
            file.is_file().then(|| Self { folder: folder.to_owned(), file, by })
        };
        KUSTOMIZATIONS.iter().find_map(|name| found(name, Renderer::Kustomize)).or_else(|| found(CHART, Renderer::Helm))
    }

    /// The file that says how it is rendered.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it is a chart of Helm.
    pub(super) fn is_chart(&self) -> bool {
        self.by == Renderer::Helm
    }

    /// The command that does it, for reports.
    pub(crate) fn command(&self) -> &'static str {
        match self.by {
            Renderer::Kustomize => "kubectl kustomize",
            Renderer::Helm => "helm template",
        }
    }

    /// What the chart's template is called that a comment of Helm's names: `shop/templates/mysql.yaml`
    /// begins with the chart's name, the file with its folder.
    pub(crate) fn template(&self, comment: &str) -> Option<String> {
        let path = comment.strip_prefix("# Source: ")?.trim();
        let (_, below) = path.split_once('/')?;
        (self.by == Renderer::Helm).then(|| self.folder.join(below).display().to_string())
    }

    /// The text that comes of it.
    pub(super) fn run(&self) -> Result<Vec<u8>, InputProblem> {
        let problem = |error| InputProblem::of_file(self.file.display().to_string(), error);
        let folder = self.folder.as_os_str();
        let tried: &[(&str, &[&str])] = match self.by {
            Renderer::Kustomize => &[("kubectl", &["kustomize"]), ("kustomize", &["build"])],
            Renderer::Helm => &[("helm", &["template", "release"])],
        };
        for (program, arguments) in tried {
            // A folder that begins with a dash is no option.
            let folder = Path::new(".").join(folder);
            let output = Command::new(program)
                .args(*arguments)
                .arg(if self.folder.is_absolute() { self.folder.as_path() } else { folder.as_path() })
                .env("GIT_TERMINAL_PROMPT", "0")
                .stdin(Stdio::null())
                .output();
            match output {
                Ok(Output { status, stdout, .. }) if status.success() => return Ok(stdout),
                Ok(Output { stderr, .. }) => {
                    let said = complaint(&String::from_utf8_lossy(&stderr), &self.passwords());
                    return Err(problem(InputError::Renderer { program: self.command(), said }));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(problem(InputError::of_io(&error))),
            }
        }
        Err(problem(match self.by {
            Renderer::Kustomize => {
                InputError::NoRenderer { what: "a kustomization", programs: "neither kubectl nor kustomize" }
            }
            Renderer::Helm => InputError::NoRenderer { what: "a Helm chart", programs: "helm" },
        }))
    }

    /// The folders that this kustomization takes in: they are not rendered by themselves.
    pub(super) fn takes_in(&self) -> Vec<PathBuf> {
        let names = |value: &Value| -> Vec<PathBuf> {
            ["resources", "bases", "components"]
                .iter()
                .filter_map(|field| value.get(*field)?.as_array())
                .flatten()
                .filter_map(Value::as_str)
                .map(|name| normal(&self.folder.join(name)))
                .collect()
        };
        documents(&self.file).flat_map(|value| names(&value)).collect()
    }

    /// Whether it is only a part of others, and cannot be rendered by itself.
    pub(super) fn is_part(&self) -> bool {
        let (field, part) = match self.by {
            Renderer::Kustomize => ("kind", "Component"),
            Renderer::Helm => ("type", "library"),
        };
        documents(&self.file).any(|value| value.get(field).and_then(Value::as_str) == Some(part))
    }

    /// The passwords among the values of a chart and of those in it: a template may complain of them in any words.
    fn passwords(&self) -> KnownPasswords {
        let mut known = KnownPasswords::default();
        if self.is_chart() {
            let charts = std::fs::read_dir(self.folder.join("charts")).into_iter().flatten().flatten();
            for folder in charts.map(|chart| chart.path()).chain([self.folder.clone()]) {
                documents(&folder.join(VALUES)).for_each(|values| {
                    known.learn_all(&values, VALUES);
                    learn_made_up(&values, &mut known);
                });
            }
        }
        known
    }
}

/// Remembers texts that may be passwords whatever they are called: with letters and digits, and no name or address.
fn learn_made_up(values: &Value, known: &mut KnownPasswords) {
    match values {
        Value::String(text) => {
            let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
            let is_plain = !has(|byte| matches!(byte, b'/' | b':' | b' ' | b'\n'));
            if is_plain && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) {
                known.add(text, VALUES);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| learn_made_up(item, known)),
        Value::Object(fields) => fields.values().for_each(|field| learn_made_up(field, known)),
        _ => {}
    }
}

fn documents(file: &Path) -> impl Iterator<Item = Value> + use<> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    yaml::parse(&text).into_iter().filter_map(Result::ok).map(|document| document.value)
}

/// A path without `.` and, as far as it can be told from the text, without `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The last lines of what a program says, where the reason is, without credentials.
fn complaint(text: &str, known: &KnownPasswords) -> String {
    let text = known.hidden_in(&withhold_text(text.trim()));
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST_COMPLAINT));
    let cut = if from > 0 { "…" } else { "" };
    format!("{cut}{}", text[from..].replace('\n', " "))
}
