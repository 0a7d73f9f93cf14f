//! A network that only the pods have: a bridge in a namespace of its own, and a cable from it to each pod.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process::{Process, tied};

/// How long a namespace may take to be there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bridge.
pub(crate) struct Network(Process);

/// A pod's network and host name, which its containers enter.
pub(crate) struct Sandbox {
    process: Process,
}

impl Network {
    /// A network without pods.
    pub(crate) fn new(folder: &Path) -> Self {
        Self(namespace(folder, "bridge", "ip link add name pods type bridge && ip link set pods up"))
    }

    /// The network of a pod with this address.
    pub(crate) fn plug_in(&self, name: &str, address: &str, folder: &Path) -> Sandbox {
        let process = namespace(folder, name, &format!("hostname {name} && ip link set lo up"));
        let (bridge, pod) = (self.0.id(), process.id());
        // An interface's name has at most 15 letters; the pod's process makes it one of a kind.
        run(&format!("nsenter --target {bridge} --net ip link add pod{pod} type veth peer name eth0 netns {pod}"));
        run(&format!("nsenter --target {bridge} --net ip link set pod{pod} master pods up"));
        run(&format!("nsenter --target {pod} --net ip addr add {address}/24 dev eth0"));
        run(&format!("nsenter --target {pod} --net ip link set eth0 up"));
        Sandbox { process }
    }
}

impl Sandbox {
    /// The process that holds the namespaces.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

/// A process that holds namespaces of network and host name, prepared as told, until it is dropped.
fn namespace(folder: &Path, name: &str, prepare: &str) -> Process {
    let ready = folder.join(format!("{name}.ready"));
    let _ = std::fs::remove_file(&ready);
    let mut command = tied(Path::new("unshare"));
    command.args(["--net", "--uts", "sh", "-c"]);
    command.arg(format!(r#"{prepare} && touch "$0" && exec sleep infinity"#)).arg(&ready);
    let mut process = Process::start(name, command, &folder.join(format!("{name}.log")));
    process.wait_until(PATIENCE, || ready.exists());
    process
}

fn run(words: &str) {
    let mut words = words.split(' ');
    let output = Command::new(words.next().unwrap()).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
