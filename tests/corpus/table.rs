//! What the corpus came to: a table at the end, and lists to be checked by a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tidegate::workload::{Container, Role};

use super::accepted::{Answer, Answers};
use super::judged::Judged;
use super::manifests::Corpus;

/// Prints the table.
pub(crate) fn print(corpus: &Corpus, all: &[Judged], answers: &Answers) {
    let count = |holds: &dyn Fn(&Judged) -> bool| all.iter().filter(|judged| holds(judged)).count();
    println!("\nThe corpus");
    row("files", corpus.files);
    row("  of them templates, not YAML", corpus.templates.len());
    row("  of them unreadable", corpus.unreadable.len());
    corpus.unreadable.iter().for_each(|problem| println!("    {problem}"));
    row("objects", all.len());
    row("  that do not fit their kind", count(&|judged| judged.evaluation.is_err()));
    row("  passed over", count(&|judged| judged.evaluation.as_ref().is_ok_and(|first| first.left_alone.is_some())));
    row("  with findings", count(&|judged| judged.evaluation.as_ref().is_ok_and(|first| !first.findings.is_empty())));
    row("  repaired", count(&Judged::is_repaired));
    row("  refused", count(&Judged::is_refused));
    let clean = |judged: &Judged| judged.again.as_ref().is_some_and(|again| again.patch.0.is_empty());
    row("  clean in the second pass", count(&clean));
    print_answers(all, answers);
    println!("MySQL servers");
    print_counts(all.iter().flat_map(|judged| &judged.containers).filter_map(server));
    println!("findings");
    print_counts(findings(all).map(|(_, finding)| {
        let verb = if finding.fixed {
            "repaired"
        } else if finding.denies() {
            "refused"
        } else {
            "told"
        };
        format!("{} {verb}", finding.finding.rule)
    }));
}

fn print_answers(all: &[Judged], answers: &Answers) {
    let Some(answers) = &answers.0 else {
        println!("  SKIPPED: no control plane was asked");
        return;
    };
    row("  accepted by the API server", answers.iter().filter(|answer| **answer == Answer::Accepted).count());
    let as_they_are: Vec<_> = answers
        .iter()
        .zip(all)
        .filter_map(|(answer, judged)| match answer {
            Answer::RefusedAsItIs(why) => Some(format!("    {}: {}", judged.title(), shortened(why))),
            _ => None,
        })
        .collect();
    row("  refused by it as they are", as_they_are.len());
    as_they_are.iter().for_each(|line| println!("{line}"));
}

fn row(what: &str, number: usize) {
    println!("{what:<34}{number:>5}");
}

fn print_counts(items: impl Iterator<Item = String>) {
    let mut counts = BTreeMap::<String, usize>::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    counts.iter().for_each(|(item, count)| row(&format!("  {item}"), *count));
}

fn shortened(text: &str) -> String {
    let text = text.split(": Required").next().unwrap_or(text);
    text.chars().take(160).collect()
}

fn server(container: &Container) -> Option<String> {
    match &container.role {
        Role::Server(server) => Some(server.flavor.name.to_owned()),
        _ => None,
    }
}

fn findings(all: &[Judged]) -> impl Iterator<Item = (&Judged, &tidegate::engine::Judged)> {
    all.iter()
        .filter_map(|judged| Some((judged, judged.evaluation.as_ref().ok()?)))
        .flat_map(|(judged, first)| first.findings.iter().map(move |finding| (judged, finding)))
}

/// Writes the lists below `target/corpus/`.
pub(crate) fn write_lists(all: &[Judged]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("corpus");
    std::fs::create_dir_all(&folder).unwrap();
    let mut containers =
        String::from("object\tcontainer\tplacement\timage\trole\tflavour\tversion\tdata\tport\toptions\n");
    for judged in all {
        for container in &judged.containers {
            writeln!(containers, "{}\t{}", judged.title(), line(container)).unwrap();
        }
    }
    std::fs::write(folder.join("containers.tsv"), containers).unwrap();
    let mut lines = String::from("object\trule\tseverity\tact\tat\tmessage\thelp\n");
    for (judged, found) in findings(all) {
        let act = if found.fixed {
            "repair"
        } else if found.denies() {
            "refuse"
        } else {
            "tell"
        };
        let finding = &found.finding;
        let help = found.obstacle.as_deref().or(finding.help.as_deref()).unwrap_or_default();
        writeln!(
            lines,
            "{}\t{}\t{}\t{act}\t{}\t{}\t{help}",
            judged.title(),
            finding.rule,
            finding.severity,
            finding.at,
            finding.message
        )
        .unwrap();
    }
    std::fs::write(folder.join("findings.tsv"), lines).unwrap();
    println!("\nlists: {}", folder.display());
}

fn line(container: &Container) -> String {
    let (role, server) = match &container.role {
        Role::Server(server) => ("server", Some(server)),
        Role::Client => ("client", None),
        Role::Exporter => ("exporter", None),
        Role::Backup => ("backup", None),
        Role::Application => ("application", None),
        Role::Other(_) => ("other", None),
    };
    let details = server.map_or_else(String::new, |server| {
        let version = server.version.map_or_else(|| "unknown".to_owned(), |version| version.to_string());
        let port = server.port.map_or_else(|| "unknown".to_owned(), |port| port.to_string());
        let options: Vec<_> = server
            .options
            .iter()
            .map(|option| format!("{}={}", option.name, option.value.as_deref().unwrap_or_default()))
            .collect();
        let unseen = if server.option_files { " and unseen" } else { "" };
        format!("\t{}\t{version}\t{}\t{port}\t{}{unseen}", server.flavor.name, server.data_directory, options.join(" "))
    });
    format!("{}\t{}\t{}\t{role}{details}", container.name, container.placement.as_str(), container.image)
}
