//! Option files: their syntax, which of them a server reads, and what wins.

use serde_json::{Value, json};

use crate::workload::option_file::{self, is_option_file, is_read_by};
use crate::workload::{Product, Role, Server, Version, Workload, option_files, withheld};

fn printed(text: &str) -> Vec<String> {
    option_file::parse(text)
        .options
        .into_iter()
        .map(|option| match option.value {
            Some(value) => format!("{}:{} {}={value}", option.line, option.group, option.name),
            None => format!("{}:{} {}", option.line, option.group, option.name),
        })
        .collect()
}

#[test]
fn syntax() {
    for (text, options) in [
        ("[mysqld]\nport=3307\n", vec!["2:mysqld port=3307"]),
        ("[mysqld]\r\nlog_bin\r\n", vec!["2:mysqld log-bin"]),
        ("\u{feff}[mysqld]\nlog-bin", vec!["2:mysqld log-bin"]),
        ("[ mysqld ]\n  sync_binlog = 0  # slow otherwise\n", vec!["2:mysqld sync-binlog=0"]),
        ("[mysqld]\n# a\n; b\n\nskip-name-resolve\n", vec!["5:mysqld skip-name-resolve"]),
        ("[mysqld]\nloose_innodb_large_prefix=1", vec!["2:mysqld innodb-large-prefix=1"]),
        ("[mysqld]\ninit-connect='SET NAMES \"utf8\" # x'", vec!["2:mysqld init-connect=SET NAMES \"utf8\" # x"]),
        (
            r#"[mysqld]
datadir="C:\\data\ssub""#,
            vec![r"2:mysqld datadir=C:\data sub"],
        ),
        ("port=3306\n[mysqld]\n", vec![]),
        ("[mysqld]\na=1\n[mysqld]\na=2\n[client]\na=3", vec!["2:mysqld a=1", "4:mysqld a=2", "6:client a=3"]),
        ("[mysqld\nport=1", vec!["2:mysqld port=1"]),
        ("[mysqld]\n=\n'\n\\", vec!["3:mysqld '", "4:mysqld \\"]),
        ("", vec![]),
    ] {
        assert_eq!(printed(text), options, "{text:?}");
    }
}

#[test]
fn option_files_are_told_by_their_groups() {
    for text in ["[mysqld]\n", "x\n [client]\n", "\u{feff}[mysqld-8.4]", "[mariadb]", "[client-server]"] {
        assert!(is_option_file(text), "{text:?}");
    }
    for text in ["", "[section]\nmysqld=1", "SELECT 1", "[mysqld_safe]", "[[mysqld]]"] {
        assert!(!is_option_file(text), "{text:?}");
    }
}

#[test]
fn groups_by_product_and_version() {
    let version = |major, minor| Some(Version { major, minor: Some(minor), patch: None });
    for (group, product, version, read) in [
        ("mysqld", Product::MySql, None, true),
        ("server", Product::MySql, None, true),
        ("client", Product::MySql, None, false),
        ("mariadb", Product::MySql, None, false),
        ("mariadb", Product::MariaDb, None, true),
        ("galera", Product::MariaDb, None, true),
        ("mysqld-8.4", Product::MySql, version(8, 4), true),
        ("mysqld-8.4", Product::MySql, version(8, 0), false),
        ("mysqld-8.4", Product::MySql, None, false),
        ("mariadb-10.11", Product::MariaDb, version(10, 11), true),
        ("mysqld_safe", Product::MySql, None, false),
    ] {
        assert_eq!(is_read_by(group, product, version), read, "{group}");
    }
}

/// The server of a Pod with these mounts, where ConfigMaps `a` and `b` exist.
fn server(image: &str, args: &[&str], mounts: &Value, volumes: &Value) -> Server {
    let object = json!({ "apiVersion": "v1", "kind": "Pod", "spec": {
        "containers": [{ "name": "db", "image": image, "args": args, "volumeMounts": mounts }], "volumes": volumes,
    } });
    let maps = |name: &str| {
        let data = match name {
            "a" => {
                json!({ "my.cnf": "[mysqld]\nport=1\n!includedir /etc/mysql/conf.d/\nserver-id=7\n", "x.cnf": "[mysqld]\nport=2\n[client]\npassword=example\n", "notes.txt": "[mysqld]\nport=9" })
            }
            "b" => json!({ "b.cnf": "[mysqld]\nport=3\n" }),
            _ => return None,
        };
        Some(withheld(&json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": data })))
    };
    let workload = Workload::read(&object, &withheld(&object), false, &maps).unwrap().unwrap();
    match &workload.containers[0].role {
        Role::Server(server) => (**server).clone(),
        role => panic!("{role:?}"),
    }
}

#[test]
fn what_a_server_reads_and_in_which_order() {
    let volume = |name: &str, map: &str| json!({ "name": name, "configMap": { "name": map } });
    let mount = |name: &str, path: &str| json!({ "name": name, "mountPath": path });
    let file = |name: &str, path: &str, key: &str| json!({ "name": name, "mountPath": path, "subPath": key });
    type Row<'a> = (&'a str, &'a [&'a str], Value, Value, &'a str, bool);
    let table: &[Row<'_>] = &[
        // A folder that the image's own file includes: what ends with .cnf.
        (
            "mysql:8.4",
            &[],
            json!([mount("a", "/etc/mysql/conf.d")]),
            json!([volume("a", "a")]),
            "port=1 server-id=7 port=2",
            false,
        ),
        // A file of its own does not include it, unless it says so.
        (
            "mysql:8.4",
            &[],
            json!([file("a", "/etc/my.cnf", "my.cnf"), mount("b", "/etc/mysql/conf.d")]),
            json!([volume("a", "a"), volume("b", "b")]),
            "port=1 port=3 server-id=7",
            false,
        ),
        (
            "mysql:8.4",
            &[],
            json!([file("a", "/etc/my.cnf", "x.cnf"), mount("b", "/etc/mysql/conf.d")]),
            json!([volume("a", "a"), volume("b", "b")]),
            "port=2",
            false,
        ),
        // Arguments win; one file of a map by items.
        (
            "mysql:8.4",
            &["--port=9"],
            json!([mount("a", "/etc/mysql/conf.d/")]),
            json!([{ "name": "a", "configMap": { "name": "a", "items": [{ "key": "notes.txt", "path": "z.cnf" }] } }]),
            "port=9 port=9",
            false,
        ),
        (
            "mysql:8.4",
            &["--no-defaults"],
            json!([mount("a", "/etc/mysql/conf.d")]),
            json!([volume("a", "a")]),
            "no-defaults=",
            false,
        ),
        (
            "mysql:8.4",
            &["--defaults-file=/cnf/b.cnf"],
            json!([mount("a", "/etc/mysql/conf.d"), mount("b", "/cnf")]),
            json!([volume("a", "a"), volume("b", "b")]),
            "port=3 defaults-file=/cnf/b.cnf",
            false,
        ),
        ("mysql:8.4", &["--defaults-file=/image/own.cnf"], json!([]), json!([]), "defaults-file=/image/own.cnf", true),
        // Nobody can say what these hold.
        (
            "mysql:8.4",
            &[],
            json!([mount("s", "/etc/mysql/conf.d")]),
            json!([{ "name": "s", "secret": { "secretName": "x" } }]),
            "",
            true,
        ),
        ("mysql:8.4", &[], json!([mount("c", "/etc/mysql/conf.d")]), json!([volume("c", "elsewhere")]), "", true),
        // An empty folder is the workload's own; a volume elsewhere is none of this.
        (
            "mysql:8.4",
            &[],
            json!([mount("e", "/etc/mysql/conf.d"), mount("a", "/docker-entrypoint-initdb.d")]),
            json!([{ "name": "e", "emptyDir": {} }, volume("a", "a")]),
            "",
            false,
        ),
        (
            "bitnami/mysql:8.4",
            &[],
            json!([mount("d", "/bitnami/mysql"), file("b", "/opt/bitnami/mysql/conf/my_custom.cnf", "b.cnf")]),
            json!([{ "name": "d", "persistentVolumeClaim": { "claimName": "d" } }, volume("b", "b")]),
            "port=3",
            false,
        ),
        (
            "quay.io/sclorg/mysql-84-c9s",
            &[],
            json!([mount("b", "/etc/my.cnf.d")]),
            json!([volume("b", "b")]),
            "port=3",
            false,
        ),
    ];
    for (image, args, mounts, volumes, options, unseen) in table {
        let server = server(image, args, mounts, volumes);
        let read: Vec<_> = server
            .options
            .iter()
            .map(|option| format!("{}={}", option.name, option.value.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(read.join(" "), *options, "{image} {mounts}");
        assert_eq!(server.option_files, *unseen, "{image} {mounts}");
    }
}

#[test]
fn what_an_init_container_may_copy_is_possible() {
    let object = json!({ "apiVersion": "v1", "kind": "Pod", "spec": {
        "initContainers": [{ "name": "init", "image": "mysql:8.4", "command": ["bash", "-c", "cp /maps/master.cnf /mnt/conf.d"],
            "volumeMounts": [{ "name": "conf", "mountPath": "/mnt/conf.d" }, { "name": "map", "mountPath": "/maps" }] }],
        "containers": [{ "name": "db", "image": "mysql:8.4", "volumeMounts": [{ "name": "conf", "mountPath": "/etc/mysql/conf.d" }] }],
        "volumes": [{ "name": "conf", "emptyDir": {} }, { "name": "map", "configMap": { "name": "m" } }],
    } });
    let maps = |_: &str| {
        Some(
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "data": { "master.cnf": "[mysqld]\nlog-bin\n[client]\nuser=x\n" } }),
        )
    };
    let workload = Workload::read(&object, &object, false, &maps).unwrap().unwrap();
    let Role::Server(server) = &workload.containers[1].role else { panic!("a server") };
    let possible: Vec<_> =
        server.possible_options.iter().map(|option| (option.key.as_str(), option.name.as_str())).collect();
    assert_eq!(possible, [("master.cnf", "log-bin")]);
    assert!(server.options.is_empty() && !server.option_files);
}

#[test]
fn files_that_include_each_other_end() {
    let map = json!({ "my.cnf": "!include /etc/my.cnf\n[mysqld]\nport=1\n" });
    let object = json!({ "apiVersion": "v1", "kind": "Pod", "spec": {
        "containers": [{ "name": "db", "image": "mysql:8.4", "volumeMounts": [{ "name": "a", "mountPath": "/etc/my.cnf", "subPath": "my.cnf" }] }],
        "volumes": [{ "name": "a", "configMap": { "name": "a" } }],
    } });
    let maps = |_: &str| Some(json!({ "apiVersion": "v1", "kind": "ConfigMap", "data": map }));
    let workload = Workload::read(&object, &object, false, &maps).unwrap().unwrap();
    let Role::Server(server) = &workload.containers[0].role else { panic!("a server") };
    assert_eq!(server.options.len(), 1);
}

#[test]
fn a_long_chain_of_includes_ends_and_is_told() {
    let data: Value = (0..5_000)
        .map(|n| (format!("{n}.cnf"), Value::from(format!("!include /etc/mysql/conf.d/{}.cnf", n + 1))))
        .collect();
    let object = json!({ "apiVersion": "v1", "kind": "Pod", "spec": {
        "containers": [{ "name": "db", "image": "mysql:8.4", "volumeMounts": [{ "name": "a", "mountPath": "/etc/mysql/conf.d" }] }],
        "volumes": [{ "name": "a", "configMap": { "name": "a" } }],
    } });
    let maps = |_: &str| Some(json!({ "apiVersion": "v1", "kind": "ConfigMap", "data": data }));
    let workload = Workload::read(&object, &object, false, &maps).unwrap().unwrap();
    let Role::Server(server) = &workload.containers[0].role else { panic!("a server") };
    assert!(server.option_files, "what is deeper than a server reads is not seen");
}

#[test]
fn paths_are_as_the_kubelet_means_them() {
    for (written, meant) in [
        ("//var/lib/mysql/", "/var/lib/mysql"),
        ("var/lib//mysql", "/var/lib/mysql"),
        ("/var/./lib/mysql/.", "/var/lib/mysql"),
        ("/var/lib/mysql/../x", "/var/lib/x"),
        ("/", "/"),
        ("", ""),
    ] {
        assert_eq!(crate::workload::server::clean_path(written), meant, "{written}");
    }
}

#[test]
fn option_files_of_a_config_map() {
    // "é" in Latin-1, as a ConfigMap carries what is no UTF-8.
    let latin1 = "W215c3FsZF0KIyBjYWbpCnBvcnQ9MQo=";
    let map = json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "data": { "a/b.cnf": "[client]\npassword=example-word\n", "readme": "text" }, "binaryData": { "latin.cnf": latin1, "image.png": "AAAA" } });
    let files = option_files(&map);
    let places: Vec<_> = files.iter().map(|file| file.at.as_str()).collect();
    assert_eq!(places, ["/data/a~1b.cnf", "/binaryData/latin.cnf"]);
    assert_eq!(files[0].options[0].value.as_deref(), Some("<withheld>"));
    assert_eq!(files[1].options[0].name, "port");
    assert!(option_files(&json!({ "kind": "Secret", "data": { "a.cnf": "[mysqld]" } })).is_empty());
}
