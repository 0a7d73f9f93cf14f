//! The plan, and what pods are said to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use super::found::keep_volume;
use super::plan::with_asked;
use super::{Kind, Options, Plan, Size, manifests, servers};

fn plan(options: &Options) -> Vec<Value> {
    Plan::new(options).unwrap().objects().cloned().collect()
}

#[test]
fn every_file_of_the_manifests_is_applied() {
    for kind in Kind::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("manifests/{kind}"));
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let there: BTreeSet<String> =
            names.filter(|name| name.ends_with(".yaml")).map(|name| format!("manifests/{kind}/{name}")).collect();
        let embedded: BTreeSet<String> = manifests::files(kind).iter().map(|(file, _)| (*file).to_owned()).collect();
        assert_eq!(embedded, there);
    }
}

#[test]
fn without_options_the_plan_is_the_manifests() {
    for kind in Kind::ALL {
        assert_eq!(plan(&Options::new(kind)), manifests::objects(kind).unwrap());
    }
}

#[test]
fn every_object_of_a_namespace_can_be_told_from_others() {
    for kind in Kind::ALL {
        for object in plan(&Options::new(kind)).iter().filter(|object| object["metadata"]["namespace"].is_string()) {
            assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/instance"], kind.instance(), "{object}");
        }
    }
}

#[test]
fn options_are_written_everywhere() {
    for kind in Kind::ALL {
        let options = Options {
            namespace: "shop".to_owned(),
            replicas: Some(5),
            storage_class: Some("fast".to_owned()),
            image: Some("registry.example/mysql:9.7".to_owned()),
            size: Some("100Gi".parse().unwrap()),
            ..Options::new(kind)
        };
        let objects = plan(&options);
        assert!(objects.iter().all(|object| object["kind"] != "StorageClass"));
        let text = json!(objects).to_string();
        for gone in ["mysql-gp2", "\"mysql:8.4", "20Gi", "mysql-single", "\"namespace\":\"mysql\""] {
            assert!(!text.contains(gone), "{kind}: {gone}");
        }
        let claims = text.matches("\"storageClassName\":\"fast\"").count();
        assert_eq!((claims, text.matches("\"storage\":\"100Gi\"").count()), (2, 2), "{kind}");
        let workload = objects.iter().find(|object| object["kind"] == kind.workload()).unwrap();
        let replicas = if kind == Kind::Replicated { 5 } else { 1 };
        assert_eq!(workload["spec"]["replicas"], replicas);
        assert_eq!(objects[0]["metadata"]["name"], "shop");
    }
}

#[test]
fn sizes_are_those_of_volumes() {
    for good in ["1Gi", "20Gi", "500Mi", "2Ti", "100G"] {
        assert_eq!(good.parse::<Size>().unwrap().to_string(), good);
    }
    for bad in ["", "Gi", "0Gi", "-1Gi", "20", "20GB", "1.5Gi", "1e9", "20 Gi", "１Gi"] {
        assert!(bad.parse::<Size>().is_err(), "{bad}");
    }
}

#[test]
fn sizes_are_compared_in_bytes() {
    for (size, bytes) in [
        ("1", Some(1)),
        ("1Ki", Some(1 << 10)),
        ("20Gi", Some(20 << 30)),
        ("20480Mi", Some(20 << 30)),
        ("3P", Some(3_000_000_000_000_000)),
        ("5k", Some(5000)),
        ("1.5Gi", None),
        ("1e9", None),
        ("5i", None),
        ("", None),
    ] {
        assert_eq!(Size::stored(size).bytes(), bytes, "{size}");
    }
}

#[test]
fn volumes_keep_their_size_or_grow() {
    for (is, wanted, template, claim) in [
        ("20Gi", "20Gi", Ok("20Gi"), Ok("20Gi")),
        ("20Gi", "20480Mi", Ok("20Gi"), Ok("20Gi")),
        ("20Gi", "30Gi", Err(()), Ok("30Gi")),
        ("20Gi", "10Gi", Err(()), Err(())),
        ("1.5Gi", "10Gi", Err(()), Ok("10Gi")),
    ] {
        let found = json!({ "spec": { "resources": { "requests": { "storage": is } } } });
        for (is_template, expected) in [(true, template), (false, claim)] {
            let mut options = Options { size: Some(wanted.parse().unwrap()), ..Options::new(Kind::Single) };
            let kept = keep_volume(&found, is_template, &mut options).map_err(|_| ());
            let kept = kept.map(|()| options.size.unwrap().to_string());
            assert_eq!(kept, expected.map(str::to_owned), "{is} {wanted} {is_template}");
        }
    }
}

#[test]
fn a_pod_says_what_it_does() {
    let init = |name: &str, state: Value| json!({ "initContainerStatuses": [status(name, &state)] });
    let main = |state: Value, started: bool| {
        let mut status = status("mysql", &state);
        status["started"] = json!(started);
        json!({ "containerStatuses": [status] })
    };
    let running = || json!({ "running": {} });
    let waiting = |reason: &str| json!({ "waiting": { "reason": reason } });
    let ready = json!({ "conditions": [{ "type": "Ready", "status": "True" }] });
    let nowhere = json!({ "conditions": [{ "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no memory" }] });
    for (status, doing) in [
        (json!({}), "waits for its node, its volume and its image"),
        (nowhere, "a pod has no node: no memory"),
        (init("clone", running()), "copies the primary's data"),
        (init("initialise", running()), "prepares itself"),
        (init("configure", running()), "prepares itself"),
        (init("clone", waiting("CrashLoopBackOff")), "the container clone ends again and again; kubectl logs says why"),
        (init("clone", waiting("ImagePullBackOff")), "the image mysql:8.4 cannot be pulled"),
        (init("configure", waiting("PodInitializing")), "waits for its node, its volume and its image"),
        (main(running(), false), "starts its server"),
        (main(running(), true), "runs, and is not ready yet"),
        (ready, "ready"),
    ] {
        let pod = json!({ "metadata": { "name": "mysql-1" }, "status": status });
        assert_eq!(servers::doing(&serde_json::from_value(pod).unwrap()), doing);
    }
}

#[test]
fn a_single_server_is_asked_in_its_own_pod() {
    let pod = |name: &str, ready: &str, leaves: bool| -> Pod {
        let mut pod = json!({
            "metadata": { "name": name },
            "status": { "conditions": [{ "type": "Ready", "status": ready }] },
        });
        if leaves {
            pod["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        }
        serde_json::from_value(pod).unwrap()
    };
    for (pods, asked) in [
        (vec![], None),
        (vec![pod("mysql-a", "True", false)], Some("mysql-a")),
        (vec![pod("mysql-a", "False", false)], Some("mysql-a")),
        (vec![pod("mysql-a", "True", true)], None),
        (vec![pod("mysql-a", "True", true), pod("mysql-b", "False", false)], Some("mysql-b")),
        (vec![pod("mysql-a", "False", false), pod("mysql-b", "True", false)], Some("mysql-b")),
    ] {
        assert_eq!(servers::to_ask(&pods).map(ResourceExt::name_any).as_deref(), asked);
    }
    for (client, told) in [
        (pod("mysql-client", "True", false), "ready"),
        (pod("mysql-client", "True", true), "ends; it is for people, and not waited for"),
    ] {
        assert_eq!(servers::doing_for_people(&client), told);
    }
}

#[test]
fn an_evicted_pod_is_no_server() {
    for (phase, has_ended) in [("Pending", false), ("Running", false), ("Failed", true), ("Succeeded", true)] {
        let pod = json!({ "metadata": { "name": "mysql-a" }, "status": { "phase": phase, "reason": "Evicted" } });
        assert_eq!(servers::has_ended(&serde_json::from_value(pod).unwrap()), has_ended, "{phase}");
    }
}

fn status(name: &str, state: &Value) -> Value {
    json!({ "name": name, "image": "mysql:8.4", "imageID": "", "ready": false, "restartCount": 0, "state": state })
}

#[test]
fn of_what_is_stored_only_what_was_asked_for_changes() {
    let planned =
        plan(&Options::new(Kind::Replicated)).into_iter().find(|object| object["kind"] == "StatefulSet").unwrap();
    let mut stored: DynamicObject = serde_json::from_value(planned.clone()).unwrap();
    stored.data["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({});
    let exporter = json!({ "name": "exporter", "image": "registry.example/exporter:1" });
    stored.data["spec"]["template"]["spec"]["containers"].as_array_mut().unwrap().push(exporter);
    let asked = Options::new(Kind::Replicated);
    assert!(with_asked(&stored, &planned, &asked).is_none());

    let asked = Options { replicas: Some(4), image: Some("registry.example/mysql:9.7".to_owned()), ..asked };
    let changed = with_asked(&stored, &planned, &asked).unwrap();
    assert_eq!(changed.data["spec"]["replicas"], 4);
    let template = &changed.data["spec"]["template"]["spec"];
    let images = |list: &str| {
        let containers = template[list].as_array().unwrap().iter();
        containers.map(|container| container["image"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(images("initContainers"), ["registry.example/mysql:9.7"; 3]);
    assert_eq!(
        images("containers"),
        ["registry.example/mysql:9.7", "registry.example/mysql:9.7", "registry.example/exporter:1"]
    );
    assert_eq!(template["containers"][0]["resources"], json!({}));
}
