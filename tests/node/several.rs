//! Several nodes, and what happens when a part of them dies. The cluster is this test's own.

use std::time::Duration;

use crate::node::Node;
use crate::pods::{FETCH, web_server};
use crate::wait;

/// A busy machine gets twenty times what it takes on two idle cores.
const PATIENCE: Duration = Duration::from_mins(3);

#[test]
fn pods_of_two_nodes_meet_and_what_crashes_comes_back() {
    let Some(cluster) = Node::start_several(2) else { return };
    let namespace = cluster.create_namespace("several");
    for (name, node) in [("one", "node1"), ("two", "node2")] {
        cluster.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &on_node(name, node)).expect_success();
    }
    let pods = ["wait", "-n", &namespace, "pod/one", "pod/two", "--for=condition=Ready", "--timeout=3m"];
    cluster.kubectl(&pods).expect_success();
    fetch(&cluster, &namespace);

    // Clients notice a new API server and nothing else.
    cluster.supervise("control-plane", "restart", "kube-apiserver");
    wait::eventually("the API server", PATIENCE, || cluster.is_ready().then_some(()));
    // Pods go on without kubelet, and the new one takes them over.
    cluster.supervise("node2", "restart", "kubelet");
    wait::eventually("kubelet's answer", PATIENCE, || {
        cluster.kubectl(&["logs", "-n", &namespace, "two"]).is_success().then_some(())
    });
    fetch(&cluster, &namespace);

    // A node that comes back has lost its processes, and starts its pods anew.
    cluster.supervise("cluster", "restart", "node2");
    wait::eventually("a second start of the pod", PATIENCE, || {
        let pod = cluster.json(&["get", "pod", "two", "-n", &namespace]);
        (pod["status"]["containerStatuses"][0]["restartCount"].as_u64() >= Some(1)).then_some(())
    });
    wait::eventually("the pod's page", PATIENCE, || reaches(&cluster, &namespace).then_some(()));
}

/// A web server on that node.
fn on_node(name: &str, node: &str) -> String {
    let mut objects: serde_json::Value = serde_json::from_str(&web_server(name)).unwrap();
    objects["items"][0]["spec"]["nodeName"] = node.into();
    objects.to_string()
}

#[track_caller]
fn fetch(cluster: &Node, namespace: &str) {
    wait::eventually("the page of the pod on the other node", PATIENCE, || reaches(cluster, namespace).then_some(()));
}

/// Whether the pod on the first node reaches the Service of the one on the second.
fn reaches(cluster: &Node, namespace: &str) -> bool {
    let page = cluster.kubectl(&[&["exec", "-n", namespace, "one", "--"], &FETCH[..], &["http://two"]].concat());
    page.is_success() && page.stdout == "hello from two\n"
}
