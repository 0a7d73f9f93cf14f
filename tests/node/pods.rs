//! What every other test takes for granted: a Pod runs, with its volumes and limits, and is found by the
//! name of its Service.

use std::time::Duration;

use serde_json::json;

use crate::images::BUSYBOX;
use crate::node::Node;
use crate::wait;

/// Prints a page. Of Debian's busybox `wget -T`, which has a limit too, crashes.
pub(crate) const FETCH: [&str; 6] = ["timeout", "20", "wget", "-q", "-O", "-"];

#[test]
fn the_node_is_ready() {
    let Some(node) = Node::shared() else { return };
    let nodes = node.json(&["get", "nodes"]);
    let conditions = nodes["items"][0]["status"]["conditions"].as_array().unwrap();
    assert!(conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True"));
}

#[test]
fn a_pod_serves_behind_the_name_of_its_service() {
    let Some(node) = Node::shared() else { return };
    let namespace = node.create_namespace("pods");
    for name in ["web", "client"] {
        node.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &web_server(name)).expect_success();
    }
    let pods = ["wait", "-n", &namespace, "pod/web", "pod/client", "--for=condition=Ready", "--timeout=3m"];
    node.kubectl(&pods).expect_success();

    let url = format!("http://web.{namespace}.svc.cluster.local");
    let wget = [&["exec", "-n", &namespace, "client", "--"], &FETCH[..], &[&url]].concat();
    // kube-proxy may know of the pod a moment later than kubectl.
    let page = wait::eventually("the page", Duration::from_mins(2), || {
        let page = node.kubectl(&wget);
        page.is_success().then_some(page.stdout)
    });
    assert_eq!(page, "hello from web\n");

    // From this machine, by the address of the Service.
    let address = node.json(&["get", "service", "web", "-n", &namespace])["spec"]["clusterIP"].clone();
    let output = node
        .client("busybox".as_ref())
        .args(FETCH)
        .arg(format!("http://{}", address.as_str().unwrap()))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hello from web\n");
}

/// A Pod as strict as the servers of `manifests/`, and its Service.
pub(crate) fn web_server(name: &str) -> String {
    let script = format!("echo hello from {name} >/www/index.html && exec httpd -f -p 8080 -h /www");
    json!({ "apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": { "name": name, "labels": { "app": name } },
            "spec": {
                "terminationGracePeriodSeconds": 1,
                "securityContext": {
                    "runAsNonRoot": true, "runAsUser": 999, "fsGroup": 999,
                    "seccompProfile": { "type": "RuntimeDefault" },
                },
                "containers": [{
                    "name": "web",
                    "image": BUSYBOX,
                    "command": ["sh", "-c", script],
                    "resources": { "limits": { "memory": "64Mi", "cpu": "200m" } },
                    "readinessProbe": { "httpGet": { "port": 8080 }, "periodSeconds": 1 },
                    "securityContext": {
                        "allowPrivilegeEscalation": false,
                        "readOnlyRootFilesystem": true,
                        "capabilities": { "drop": ["ALL"] },
                    },
                    "volumeMounts": [{ "name": "www", "mountPath": "/www" }],
                }],
                "volumes": [{ "name": "www", "emptyDir": {} }],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name },
            "spec": { "selector": { "app": name }, "ports": [{ "port": 80, "targetPort": 8080 }] },
        },
    ]})
    .to_string()
}
