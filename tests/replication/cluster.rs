//! A folder of manifests, applied: its objects stored, its pods made and looked after by the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::container::Outcome;
use crate::folder::TemporaryFolder;
use crate::kubelet::Pod;
use crate::manifests::{Manifests, list, pod_of, text};
use crate::network::Network;
use crate::nobody::is_root;
use crate::skip::tell;
use crate::volumes::Volumes;
use crate::wait::eventually;

/// How long something may take that takes seconds where there is nothing else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);
/// The accounts whose passwords the README has made.
const ACCOUNTS: [&str; 6] = ["root", "app", "replication", "clone", "keeper", "backup"];

/// The objects of one folder, and the pods that run.
pub(crate) struct Cluster {
    pub(crate) manifests: Manifests,
    pub(crate) volumes: Volumes,
    namespace: String,
    pods: BTreeMap<String, Pod>,
    network: Network,
    folder: TemporaryFolder,
    /// How many pods there were, so that each gets folders of its own.
    made: usize,
}

impl Cluster {
    /// Without any pod. Nothing where this cannot be: the test is to be left.
    pub(crate) fn new(manifests: &str) -> Option<Self> {
        if !is_root() {
            tell("only root can make the namespaces of pods");
            return None;
        }
        if !server().join("usr/bin/mysqldump").exists() {
            tell("no mysql in target/servers; run scripts/real-servers");
            return None;
        }
        let test = std::thread::current().name().unwrap_or("cluster").replace("::", "-");
        let folder = TemporaryFolder::new(&test);
        make_image(&folder.path().join("image"));
        fs::write(folder.path().join("hosts"), "127.0.0.1 localhost\n").unwrap();
        let manifests = Manifests::of(manifests);
        let volumes = Volumes::new(folder.path().join("volumes"));
        for object in manifests.of_kind("ConfigMap") {
            let files = object["data"].as_object().unwrap().iter();
            let files = files.map(|(key, content)| (key.clone(), text(content).to_owned())).collect();
            volumes.store("configmaps", text(&object["metadata"]["name"]), &files);
        }
        let namespace = manifests.of_kind("Namespace").next().unwrap()["metadata"]["name"].as_str().unwrap().to_owned();
        let network = Network::new(folder.path());
        let mut cluster = Self { manifests, volumes, namespace, pods: BTreeMap::new(), network, folder, made: 0 };
        cluster.set_passwords(&ACCOUNTS.map(|account| (account, password(account))));
        Some(cluster)
    }

    /// The replicated one with a primary and a replica that ran already and were ended in good order. Their
    /// volumes are made once for all tests.
    pub(crate) fn with_data() -> Option<Self> {
        static MADE: OnceLock<Option<Cluster>> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let mut cluster = Self::new("replicated")?;
            cluster.bring_up(0);
            cluster.query("mysql-0", "CREATE TABLE app.t (id INT PRIMARY KEY); INSERT INTO app.t VALUES (1)");
            cluster.bring_up(1);
            for name in ["mysql-1", "mysql-0"] {
                cluster.pod(name).terminate(PATIENCE);
                cluster.delete(name);
            }
            Some(cluster)
        });
        let cluster = Self::new("replicated")?;
        for name in ["data-mysql-0", "data-mysql-1"] {
            copy(&made.as_ref()?.volumes.claim(name), &cluster.volumes.claim(name));
        }
        Some(cluster)
    }

    /// Sets passwords in the Secret; those that are not named stay.
    pub(crate) fn set_passwords(&mut self, passwords: &[(&str, String)]) {
        let mut files: BTreeMap<String, String> =
            ACCOUNTS.iter().map(|account| ((*account).to_owned(), password(account))).collect();
        files.extend(passwords.iter().map(|(account, password)| ((*account).to_owned(), password.clone())));
        self.volumes.store("secrets", "mysql-passwords", &files);
    }

    /// Makes the pod of the StatefulSet or the Deployment that has this name.
    pub(crate) fn create(&mut self, name: &str) -> &mut Pod {
        let namespace = &self.namespace;
        let Some(ordinal) = name.strip_prefix("mysql-").and_then(|ordinal| ordinal.parse::<usize>().ok()) else {
            let names = format!("mysql mysql.{namespace}");
            let object = self.manifests.get("Deployment", "mysql").clone();
            return self.create_of(name, 9, &names, &object, BTreeMap::new());
        };
        let object = self.manifests.get("StatefulSet", "mysql").clone();
        let templates = list(&object["spec"]["volumeClaimTemplates"]).iter();
        let claims = templates.map(|template| text(&template["metadata"]["name"]).to_owned());
        let claims = claims.map(|volume| (volume.clone(), format!("{volume}-{name}"))).collect();
        let mut names = format!("{name}.mysql {name}.mysql.{namespace}");
        if ordinal == 0 {
            write!(names, " mysql-write mysql-write.{namespace}").unwrap();
        }
        self.create_of(name, 10 + ordinal, &names, &object, claims)
    }

    /// Makes a pod of a Job of the CronJob of that name, or a Pod.
    pub(crate) fn create_job(&mut self, object: &serde_json::Value) -> String {
        let name = format!("{}-job{}", text(&object["metadata"]["name"]), self.made);
        self.create_of(&name, 100 + self.made, "", &object.clone(), BTreeMap::new());
        name
    }

    fn create_of(
        &mut self,
        name: &str,
        number: usize,
        names: &str,
        object: &serde_json::Value,
        claims: BTreeMap<String, String>,
    ) -> &mut Pod {
        let own = self.folder.path().join(format!("{name}.{}", self.made));
        fs::create_dir(&own).unwrap();
        self.made += 1;
        let address = format!("10.9.0.{number}");
        let sandbox = self.network.plug_in(name, &address, &own);
        let layers = [self.folder.path().join("image"), server(), self.folder.path().join("hosts")];
        let pod = Pod::new(name, format!("{address} {name} {names}"), pod_of(object), claims, layers, own, sandbox);
        self.pods.insert(name.to_owned(), pod);
        self.write_names();
        self.pod(name)
    }

    /// Kills a pod, whose volumes stay.
    pub(crate) fn delete(&mut self, name: &str) {
        self.pods.remove(name).unwrap_or_else(|| panic!("no pod {name}"));
        self.write_names();
    }

    pub(crate) fn pod(&mut self, name: &str) -> &mut Pod {
        self.pods.get_mut(name).unwrap_or_else(|| panic!("no pod {name}"))
    }

    /// Runs a container of a pod to its end.
    pub(crate) fn run(&mut self, pod: &str, container: &str) -> Outcome {
        let pod = self.pods.get_mut(pod).unwrap_or_else(|| panic!("no pod {pod}"));
        pod.run(container, &self.volumes, PATIENCE)
    }

    /// Starts a container of a pod.
    pub(crate) fn start(&mut self, pod: &str, container: &str, variables: &[(&str, &str)]) {
        let pod = self.pods.get_mut(pod).unwrap_or_else(|| panic!("no pod {pod}"));
        pod.start(container, &self.volumes, variables);
    }

    /// Makes a pod of the StatefulSet and runs these of its containers: what the last one came to.
    pub(crate) fn create_and_run(&mut self, name: &str, containers: &[&str]) -> Outcome {
        self.create(name);
        let (last, before) = containers.split_last().unwrap();
        for container in before {
            let outcome = self.run(name, container);
            assert!(outcome.success, "{container} of {name} failed: {}", outcome.output);
        }
        self.run(name, last)
    }

    /// Makes a pod of the StatefulSet and starts it, without waiting until it is ready.
    pub(crate) fn start_pod(&mut self, ordinal: usize) -> String {
        let name = format!("mysql-{ordinal}");
        self.create(&name);
        self.start_containers(&name);
        name
    }

    /// Runs what a pod runs before its containers, and starts these.
    pub(crate) fn start_containers(&mut self, name: &str) {
        for container in self.pod(name).init_containers() {
            let outcome = self.run(name, &container);
            assert!(outcome.success, "{container} of {name} failed: {}", outcome.output);
        }
        for container in self.pod(name).containers() {
            self.start(name, &container, &[]);
        }
    }

    /// Makes a pod of the StatefulSet, and waits until it is ready.
    pub(crate) fn bring_up(&mut self, ordinal: usize) {
        let name = self.start_pod(ordinal);
        self.wait_ready(&name);
    }

    pub(crate) fn wait_ready(&mut self, name: &str) {
        let pod = self.pod(name);
        eventually(&format!("{name} is ready"), PATIENCE, || {
            pod.container("mysql").expect_running();
            pod.probe("mysql").success.then_some(())
        });
    }

    /// What the server of a pod answers to root.
    pub(crate) fn query(&mut self, pod: &str, statements: &str) -> String {
        let outcome = self.try_query(pod, statements);
        assert!(outcome.success, "{pod}: {statements}: {}", outcome.errors);
        outcome.output
    }

    pub(crate) fn try_query(&mut self, pod: &str, statements: &str) -> Outcome {
        let script = "MYSQL_PWD=$(</run/secrets/mysql/root) exec mysql -uroot --default-character-set=utf8mb4 -N -B";
        self.pod(pod).container("mysql").run(["bash", "-c", script], statements)
    }

    /// Has the server of a pod answer to root for as long as it takes, and does not wait for it.
    pub(crate) fn start_query(&mut self, pod: &str, statements: &str) {
        let script = format!("MYSQL_PWD=$(</run/secrets/mysql/root) mysql -uroot -e '{statements}' >/dev/null 2>&1 &");
        let outcome = self.pod(pod).container("mysql").run(["bash", "-c", &script], "");
        assert!(outcome.success, "{outcome:?}");
    }

    /// What all containers printed, of pods that are gone too.
    pub(crate) fn logs(&self) -> Vec<(PathBuf, String)> {
        let folders = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let files = folders.filter(|folder| folder.is_dir()).flat_map(|folder| fs::read_dir(folder).unwrap());
        let logs = files.map(|entry| entry.unwrap().path()).filter(|file| file.extension().is_some_and(|e| e == "log"));
        logs.map(|log| (log.clone(), String::from_utf8_lossy(&fs::read(&log).unwrap()).into_owned())).collect()
    }

    /// The names that the cluster's DNS would know: each pod's, and those of the Services that select it.
    fn write_names(&self) {
        let mut lines = "127.0.0.1 localhost\n".to_owned();
        for pod in self.pods.values() {
            writeln!(lines, "{}", pod.names).unwrap();
        }
        // In place, because the containers have the file itself; in one step, so that nobody reads half.
        let file = fs::OpenOptions::new().write(true).open(self.folder.path().join("hosts")).unwrap();
        file.write_all_at(format!("{lines:\n<4096}").as_bytes(), 0).unwrap();
    }
}

/// A password as the README has them made: letters and digits.
pub(crate) fn password(account: &str) -> String {
    format!("Secret0of0{account}")
}

/// Copies a volume with owners, rights and times.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::remove_dir_all(to).unwrap();
    let done = Command::new("cp").args(["-a", "--reflink=auto"]).args([from, to]).status().unwrap();
    assert!(done.success());
}

fn server() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("servers").join("mysql")
}

/// What the official image has beside the server: the user, the options, the entrypoint.
fn make_image(folder: &Path) {
    let write = |name: &str, content: &str| {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    };
    write("etc/passwd", "root:x:0:0::/:/bin/sh\nmysql:x:999:999::/var/lib/mysql:/bin/false\n");
    write("etc/group", "root:x:0:\nmysql:x:999:\n");
    write("etc/nsswitch.conf", "hosts: files\n");
    let options = "[mysqld]\nskip_name_resolve\ndatadir = /var/lib/mysql\nsecure_file_priv = NULL\n\
        socket = /var/run/mysqld/mysqld.sock\npid_file = /var/run/mysqld/mysqld.pid\n\
        [client]\nsocket = /var/run/mysqld/mysqld.sock\n!includedir /etc/mysql/conf.d/\n";
    write("etc/my.cnf", options);
    write("etc/mysql/conf.d/.keep", "");
    let entrypoint = folder.join("usr/local/bin/docker-entrypoint.sh");
    fs::create_dir_all(entrypoint.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replication/entrypoint.sh"), entrypoint).unwrap();
}
