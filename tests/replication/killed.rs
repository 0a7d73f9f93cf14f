//! Whatever is killed, at one line or another, and started again comes to the same end; and no half of it is
//! ever taken for the whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cluster::{Cluster, PATIENCE};
use crate::volumes::shared;
use crate::wait::eventually;

#[test]
fn a_copy_that_is_killed_is_made_whole() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    let whole = |volume: &Path| volume.join("mysql/mysql.ibd").exists() && volume.join("mysql/undo_002").exists();
    cluster.create("mysql-2");
    assert!(cluster.run("mysql-2", "configure").success);
    let volume = cluster.volumes.claim("data-mysql-2");
    killed_at_each_line(&mut cluster, "mysql-2", "clone", &["clone.sh"], |_| {
        assert!(!volume.join("mysql").exists() || whole(&volume), "half a copy has the final name");
    });
    for container in ["mysql", "replication"] {
        cluster.start("mysql-2", container, &[]);
    }
    cluster.wait_ready("mysql-2");
    assert_eq!(cluster.query("mysql-2", "SELECT COUNT(*) FROM app.t"), "1");
    let left = fs::read_dir(&volume).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left, ["mysql"]);
}

#[test]
fn a_primary_that_is_killed_while_it_is_made_is_made_whole() {
    let Some(mut cluster) = Cluster::new("replicated") else { return };
    cluster.create("mysql-0");
    assert!(cluster.run("mysql-0", "configure").success);
    let volume = cluster.volumes.claim("data-mysql-0");
    let scripts = ["initialise.sh", "docker-entrypoint.sh", "accounts.sh"];
    killed_at_each_line(&mut cluster, "mysql-0", "initialise", &scripts, |line| {
        let named = volume.join("mysql").exists() && volume.join("initialising").exists();
        assert!(!named, "killed at {line}, half of the data have the final name");
    });
    cluster.start("mysql-0", "mysql", &[]);
    cluster.wait_ready("mysql-0");
    let accounts = "SELECT COUNT(*) FROM mysql.user WHERE user NOT LIKE 'mysql.%' AND authentication_string <> ''";
    assert_eq!(cluster.query("mysql-0", accounts), "6");
}

#[test]
fn replication_that_is_killed_at_any_line_comes_about() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    let name = "mysql-2".to_owned();
    cluster.create(&name);
    for container in ["configure", "clone"] {
        assert!(cluster.run(&name, container).success);
    }
    cluster.start(&name, "mysql", &[]);
    eventually("the copy runs", PATIENCE, || cluster.try_query(&name, "SELECT 1").success.then_some(()));
    assert!(!cluster.pod(&name).probe("mysql").success, "a replica that does not follow is ready");
    for line in lines(&mut cluster, &name, "replication", &["replicate.sh"], |cluster| {
        cluster.pod(&name).probe("mysql").success
    }) {
        // As if it had never been set up.
        cluster.query(&name, "STOP REPLICA; RESET REPLICA ALL");
        stop_at(&mut cluster, &name, "replication", &line);
        cluster.pod(&name).kill("replication");
        cluster.start(&name, "replication", &[]);
        cluster.wait_ready(&name);
        cluster.pod(&name).kill("replication");
    }
}

/// Runs a container to its end; then, from nothing, again and again, killed at one line after the other;
/// and then to its end. After each death `check` looks at what there is. Every second line of the first
/// script is one to die at, and every eighth of the others, since each death costs the making of a server.
fn killed_at_each_line(cluster: &mut Cluster, pod: &str, container: &str, scripts: &[&str], check: impl Fn(&str)) {
    let ended = |cluster: &mut Cluster| cluster.pod(pod).container(container).ended() == Some(true);
    let lines = lines(cluster, pod, container, scripts, ended);
    assert!(lines.len() > 10, "{lines:?}");
    let volume = cluster.volumes.claim(&format!("data-{pod}"));
    fs::remove_dir_all(&volume).unwrap();
    shared(volume);
    let (own, others): (Vec<String>, Vec<String>) = lines.into_iter().partition(|line| line.starts_with(scripts[0]));
    for line in own.into_iter().step_by(2).chain(others.into_iter().step_by(8)) {
        if stop_at(cluster, pod, container, &line) {
            cluster.pod(pod).kill(container);
            check(&line);
        }
    }
    let outcome = cluster.run(pod, container);
    assert!(outcome.success, "{}", outcome.output);
}

/// The lines of these scripts that a container runs until `done`, in the order in which it came to them.
pub(crate) fn lines(
    cluster: &mut Cluster,
    pod: &str,
    container: &str,
    scripts: &[&str],
    mut done: impl FnMut(&mut Cluster) -> bool,
) -> Vec<String> {
    let watch = watch(cluster, pod);
    cluster.start(pod, container, &[("BASH_ENV", "/watch/watch.sh")]);
    eventually("the container has done its work", PATIENCE, || done(cluster).then_some(()));
    cluster.pod(pod).kill(container);
    let seen = fs::read_to_string(watch.join("lines")).unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in seen.lines().filter(|line| scripts.iter().any(|script| line.starts_with(script))) {
        if !lines.iter().any(|known| known == line) {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// Starts a container and waits until it stops at this line, or ends: whether it stopped.
pub(crate) fn stop_at(cluster: &mut Cluster, pod: &str, container: &str, line: &str) -> bool {
    let watch = watch(cluster, pod);
    fs::write(watch.join("stop"), line).unwrap();
    cluster.start(pod, container, &[("BASH_ENV", "/watch/watch.sh")]);
    eventually(line, PATIENCE, || {
        let stopped = watch.join("stopped").exists().then_some(true);
        stopped.or_else(|| cluster.pod(pod).container(container).ended().map(|_| false))
    })
}

/// The folder in which a pod's containers are watched, as if nothing had been seen yet.
fn watch(cluster: &mut Cluster, pod: &str) -> PathBuf {
    let folder = shared(cluster.pod(pod).own.join("watch"));
    for old in ["lines", "stop", "stopped"] {
        let _ = fs::remove_file(folder.join(old));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replication/watch.sh");
    fs::copy(script, folder.join("watch.sh")).unwrap();
    folder
}
