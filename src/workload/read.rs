//! Reads the typed workload from an object.

use serde_json::Value;

use super::container;
use super::json::{Misfit, Node};
use super::location::Location;
use super::model::{Claim, Container, Placement, Volume, Workload};
use super::mounted::{VolumeFiles, volume_files};

/// Gives a ConfigMap by its name; none if nobody can say.
pub type ConfigMaps<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// The volumes of a pod, and what they hold.
pub(super) struct PodVolumes<'a> {
    pub(super) volumes: &'a [Volume],
    pub(super) files: &'a [VolumeFiles],
    pub(super) config_maps: ConfigMaps<'a>,
}

/// The lists of containers in a pod's spec.
const LISTS: &[&str] = &["initContainers", "containers", "ephemeralContainers"];

impl Workload {
    /// Reads the workload of an object; none if its kind runs no pods.
    ///
    /// `shown` is the object with its credentials withheld, `original` the one that arrived.
    /// `stored` is true on an update: what cannot be changed any more is marked so. `config_maps`
    /// gives a ConfigMap of the namespace by its name, credentials withheld; none if nobody can say:
    /// it is asked only for those that are mounted where a server reads option files.
    ///
    /// # Errors
    /// [`Misfit`] for a field whose type does not fit the kind.
    pub fn read(
        original: &Value,
        shown: &Value,
        stored: bool,
        config_maps: ConfigMaps<'_>,
    ) -> Result<Option<Self>, Misfit> {
        let Some(location) = Location::of(shown) else { return Ok(None) };
        let template = Node::new(location.template.to_owned(), shown.pointer(location.template))?;
        let pod = template.child("spec")?;
        let labels = template.child("metadata")?.text_map("labels")?;
        let spec = Node::new("/spec".to_owned(), shown.get("spec"))?;
        let kind = shown.get("kind").and_then(Value::as_str).unwrap_or_default();
        let volume_nodes = pod.nodes("volumes")?;
        let volumes = volume_nodes.iter().map(volume).collect::<Result<Vec<_>, _>>()?;
        let files = volume_nodes.iter().zip(&volumes).map(|(node, volume)| volume_files(node, volume));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let pod_volumes = PodVolumes { volumes: &volumes, files: &files, config_maps };
        let containers = containers(&pod, original.pointer(location.pod_spec), &pod_volumes)?;
        let strategy = spec.child(if kind == "Deployment" { "strategy" } else { "updateStrategy" })?;
        Ok(Some(Self {
            template: location.template.to_owned(),
            pod_spec: location.pod_spec.to_owned(),
            pod_labels: labels,
            replicas: spec.number("replicas")?,
            strategy: strategy.text("type")?.map(str::to_owned),
            service_name: spec.text("serviceName")?.map(str::to_owned),
            immutable: stored && location.immutable,
            containers,
            volumes,
            claims: spec.nodes("volumeClaimTemplates")?.iter().map(claim).collect::<Result<_, _>>()?,
            termination_grace_period: pod.number("terminationGracePeriodSeconds")?,
            host_network: pod.flag("hostNetwork")?,
        }))
    }
}

fn containers(pod: &Node<'_>, original: Option<&Value>, volumes: &PodVolumes<'_>) -> Result<Vec<Container>, Misfit> {
    let mut containers = Vec::new();
    // What init containers mount: they may prepare option files for the others.
    let mut before = Vec::new();
    for list in LISTS {
        let original = original.and_then(|pod| pod.get(list));
        for (index, node) in pod.nodes(list)?.iter().enumerate() {
            let placement = match *list {
                "containers" => Placement::Container,
                "ephemeralContainers" => Placement::Ephemeral,
                _ if node.text("restartPolicy")? == Some("Always") => Placement::Sidecar,
                _ => Placement::Init,
            };
            let original = original.and_then(|list| list.get(index));
            let container = container::read(node, original, placement, volumes, &before)?;
            if placement == Placement::Init {
                before.push(container.mounts.clone());
            }
            containers.push(container);
        }
    }
    Ok(containers)
}

fn volume(node: &Node<'_>) -> Result<Volume, Misfit> {
    // An unknown field is dropped by the API server; what a volume is, is an object.
    let kind = node.keys().find(|key| *key != "name" && node.child(key).is_ok()).unwrap_or("emptyDir").to_owned();
    let source = node.child(&kind)?;
    let named = match kind.as_str() {
        "persistentVolumeClaim" => source.text("claimName")?,
        "configMap" => source.text("name")?,
        "secret" => source.text("secretName")?,
        _ => None,
    };
    Ok(Volume {
        at: node.at.clone(),
        name: node.text("name")?.unwrap_or_default().to_owned(),
        source: named.map(str::to_owned),
        kind,
    })
}

fn claim(node: &Node<'_>) -> Result<Claim, Misfit> {
    let spec = node.child("spec")?;
    Ok(Claim {
        at: node.at.clone(),
        name: node.child("metadata")?.text("name")?.unwrap_or_default().to_owned(),
        storage_class: spec.text("storageClassName")?.map(str::to_owned),
        access_modes: spec.texts("accessModes")?,
        storage: spec.child("resources")?.child("requests")?.number_or_text("storage")?,
    })
}
