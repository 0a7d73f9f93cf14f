//! Runs a pod as its manifest says: which containers there are, what each runs, mounts and is told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::container::{Container, Outcome, Plan};
use crate::manifests::{list, text};
use crate::network::Sandbox;
use crate::volumes::{Volumes, shared};

/// A replica looks after its replication so often, in seconds, that no test waits for it.
const INTERVAL: &str = "1";

/// A pod that has its network, and containers that were started one by one.
pub(crate) struct Pod {
    name: String,
    /// What the cluster's DNS has of it, as a line of `/etc/hosts`.
    pub(crate) names: String,
    /// The specification in the manifest.
    spec: Value,
    /// Claim templates: the volume's name, and the claim that this pod has of it.
    claims: BTreeMap<String, String>,
    layers: [PathBuf; 3],
    /// The folder of what goes with it.
    pub(crate) own: PathBuf,
    // Before the network: what is dropped first ends first.
    containers: BTreeMap<String, Container>,
    sandbox: Sandbox,
}

impl Pod {
    pub(crate) fn new(
        name: &str,
        names: String,
        spec: &Value,
        claims: BTreeMap<String, String>,
        layers: [PathBuf; 3],
        own: PathBuf,
        sandbox: Sandbox,
    ) -> Self {
        let name = name.to_owned();
        Self { name, names, spec: spec.clone(), claims, layers, own, containers: BTreeMap::new(), sandbox }
    }

    /// The names of the containers that run before the others.
    pub(crate) fn init_containers(&self) -> Vec<String> {
        list(&self.spec["initContainers"]).iter().map(|container| text(&container["name"]).to_owned()).collect()
    }

    /// The names of the others.
    pub(crate) fn containers(&self) -> Vec<String> {
        list(&self.spec["containers"]).iter().map(|container| text(&container["name"]).to_owned()).collect()
    }

    /// Starts a container, after an earlier one of that name was killed, with further variables. What is in
    /// the folder `watch` of the pod's own files is in `/watch`.
    pub(crate) fn start(&mut self, name: &str, volumes: &Volumes, more: &[(&str, &str)]) -> &mut Container {
        self.containers.remove(name);
        let mut plan = self.plan(name, volumes);
        plan.mounts.push((true, shared(self.own.join("watch")), "/watch".to_owned()));
        plan.environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let container = Container::start(&plan, &self.sandbox, &self.own);
        self.containers.insert(name.to_owned(), container);
        self.containers.get_mut(name).unwrap()
    }

    /// Runs a container until it ends by itself: whether it ended well, and what it printed.
    pub(crate) fn run(&mut self, name: &str, volumes: &Volumes, within: Duration) -> Outcome {
        let before = self.containers.get(name).map_or(0, |container| container.log().len());
        let container = self.start(name, volumes, &[]);
        let success = container.wait(within).success();
        let log = container.log();
        Outcome { success, output: log[before..].to_owned(), errors: String::new() }
    }

    /// Kills a container.
    pub(crate) fn kill(&mut self, name: &str) {
        self.containers.remove(name).unwrap_or_else(|| panic!("{name} does not run"));
    }

    /// A container that was started.
    pub(crate) fn container(&mut self, name: &str) -> &mut Container {
        self.containers.get_mut(name).unwrap_or_else(|| panic!("{name} was not started"))
    }

    /// What its readiness probe says.
    pub(crate) fn probe(&mut self, name: &str) -> Outcome {
        let command = self.spec_of(name)["readinessProbe"]["exec"]["command"].clone();
        let words: Vec<&str> = list(&command).iter().map(text).collect();
        self.container(name).run(words, "")
    }

    /// Ends all containers in good order.
    pub(crate) fn terminate(&mut self, within: Duration) {
        for container in self.containers.values_mut() {
            if container.ended().is_none() {
                container.terminate(within);
            }
        }
    }

    fn spec_of(&self, name: &str) -> &Value {
        let mut all = list(&self.spec["initContainers"]).iter().chain(list(&self.spec["containers"]));
        all.find(|container| container["name"] == name).unwrap_or_else(|| panic!("no container {name}"))
    }

    fn plan(&self, name: &str, volumes: &Volumes) -> Plan {
        let container = self.spec_of(name);
        let command = match list(&container["command"]) {
            // The image's own, with the arguments that the manifest adds.
            [] => ["docker-entrypoint.sh", "mysqld"]
                .into_iter()
                .chain(list(&container["args"]).iter().map(text))
                .collect(),
            words => words.iter().map(text).collect::<Vec<_>>(),
        };
        let own = [("HOSTNAME", self.name.as_str()), ("INTERVAL", INTERVAL)];
        let told = list(&container["env"]).iter().map(|variable| {
            let value = match variable.get("value") {
                Some(value) => text(value).to_owned(),
                None => {
                    let key = &variable["valueFrom"]["secretKeyRef"];
                    volumes.stored("secrets", text(&key["name"]), text(&key["key"]))
                }
            };
            (text(&variable["name"]).to_owned(), value)
        });
        Plan {
            name: name.to_owned(),
            layers: self.layers.clone(),
            mounts: list(&container["volumeMounts"]).iter().map(|mount| self.mount(mount, volumes)).collect(),
            environment: own.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().chain(told).collect(),
            command: command.into_iter().map(str::to_owned).collect(),
        }
    }

    fn mount(&self, mount: &Value, volumes: &Volumes) -> (bool, PathBuf, String) {
        let name = text(&mount["name"]);
        let mut source = match self.claims.get(name) {
            Some(claim) => volumes.claim(claim),
            None => {
                let mut all = list(&self.spec["volumes"]).iter();
                let volume = all.find(|volume| volume["name"] == name).unwrap_or_else(|| panic!("no volume {name}"));
                volumes.folder(volume, &self.own)
            }
        };
        if let Some(below) = mount["subPath"].as_str() {
            source = shared(source.join(below));
        }
        (mount["readOnly"] != true, source, text(&mount["mountPath"]).to_owned())
    }
}
