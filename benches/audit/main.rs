//! What audits and repairs cost: objects a second and memory, over real manifests in large numbers and over a live
//! cluster. Each line is one run of the program as a user starts it; where there is a limit or a peer, it stands
//! beside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails ends by panicking"
)]

mod inputs;
mod measure;

// A real control plane, as the end-to-end tests have it.
#[path = "../../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "support offers more than is measured here")]
mod support;

use std::path::Path;

use inputs::Inputs;
use measure::{Figures, run};

/// Copies of the corpus: kube-linter, the fastest peer, lints this many (3,560 files, 50 MB) in 1.7 s with 188 MB on
/// two cores, and polaris in 29.6 s with 490 MB.
const COPIES: usize = 40;
/// Files of the large folder.
const FILES: usize = 10_000;
/// Documents of the large file.
const DOCUMENTS: usize = 10_000;
/// Services, and as many servers behind them: what each of them is asked about is all of the others.
const NEIGHBOURS: usize = 500;
/// Objects of the cluster.
const STORED: usize = 5_000;

fn main() {
    let Some(inputs) = Inputs::find() else {
        return println!("no corpus: set TIDEGATE_CORPUS to a folder of manifests");
    };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    println!("\naudits, {} threads", std::thread::available_parallelism().unwrap());
    println!("{:<44}{}", "", Figures::HEAD);

    let copies = at("copies");
    inputs.copy(&copies, COPIES);
    let mut warm = Vec::new();
    let cold_cache = at("cache");
    for (words, times) in [("the corpus 40 times, policies to compile", 1), ("the corpus 40 times", 3)] {
        let figures = best(times, || run(&["audit"], &[&copies], &cold_cache));
        warm.push(figures.seconds);
        println!("{words:<44}{figures}");
    }
    println!("{:<44}1.7 s, 188 MiB", "  (kube-linter, on such a machine)");
    let half = at("half");
    inputs.copy(&half, COPIES / 2);
    println!("{:<44}{}", "the corpus 20 times", best(3, || run(&["audit"], &[&half], &cold_cache)));

    let files = at("files");
    inputs.distinct(&files, FILES);
    println!("{:<44}{}", "10,000 files, no two alike", best(2, || run(&["audit"], &[&files], &cold_cache)));
    let one = at("one.yaml");
    inputs.one_file(&one, DOCUMENTS);
    println!("{:<44}{}", "one file of 10,000 documents", best(2, || run(&["audit"], &[&one], &cold_cache)));
    let together = at("together");
    Inputs::one_namespace(&together, NEIGHBOURS);
    println!(
        "{:<44}{}",
        "500 Services, 500 servers, one namespace",
        best(2, || run(&["audit"], &[&together], &cold_cache))
    );
    for format in ["html", "sarif", "json"] {
        let output = format!("{format}={}", at("report").display());
        let figures = best(2, || run(&["audit", "--output", &output], &[&one], &cold_cache));
        let size = std::fs::metadata(at("report")).unwrap().len() / 1024;
        println!("{:<44}{figures}   report of {size} KiB", format!("  the same as {format}"));
    }

    let secrets = at("secrets.yaml");
    let fixed = at("fixed");
    inputs.distinct(&fixed, FILES);
    let arguments = ["fix", "--secrets", &secrets.display().to_string()];
    println!("{:<44}{}", "fix of 10,000 files, no two alike", run(&arguments, &[&fixed], &cold_cache));
    println!("{:<44}{}", "  the same again: nothing to do", run(&arguments, &[&fixed], &cold_cache));
    let secrets = at("secrets-of-one.yaml");
    let arguments = ["fix", "--secrets", &secrets.display().to_string()];
    println!("{:<44}{}", "fix of one file of 10,000 documents", run(&arguments, &[&one], &cold_cache));

    live(&inputs, folder.path(), &cold_cache);
}

/// A live list, beside what the API server itself takes to hand it out.
fn live(inputs: &Inputs, folder: &Path, cache: &Path) {
    let Some(cluster) = support::ControlPlane::start() else { return };
    inputs.store(&cluster, STORED);
    let kubeconfig = cluster.kubeconfig().display().to_string();
    let figures = best(2, || measure::run_with(&["audit", "--cluster"], &[], cache, &[("KUBECONFIG", &kubeconfig)]));
    println!("{:<44}{figures}", "a live list of 5,000 objects");
    let start = std::time::Instant::now();
    let stored = cluster.kubectl(&["get", "deployments", "-A", "-o", "json"]).expect_success();
    println!("{:<44}{:>7.2} s", "  (kubectl get -o json of the same)", start.elapsed().as_secs_f64());
    // What runs is repaired in its manifest: the list, written to a file.
    let (list, secrets) = (folder.join("list.json"), folder.join("secrets-of-list.yaml"));
    std::fs::write(&list, stored).unwrap();
    let arguments = ["fix", "--rewrite", "--secrets", &secrets.display().to_string()];
    println!("{:<44}{}", "fix of that list, as kubectl writes it", run(&arguments, &[&list], cache));
}

/// The fastest of some runs: others only had more in their way.
fn best(times: usize, mut run: impl FnMut() -> Figures) -> Figures {
    (0..times).map(|_| run()).min_by(|left, right| left.seconds.total_cmp(&right.seconds)).unwrap()
}
