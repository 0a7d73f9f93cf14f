//! What is known already: baselines, and where a branch of Git began.

use super::{DEPLOYMENT, Place};

/// Another server, of another name.
fn other() -> String {
    DEPLOYMENT.replace("name: mysql\n  namespace", "name: other\n  namespace")
}

#[test]
fn a_baseline_knows_what_was_there() {
    let place = Place::with(&[("a.yaml", DEPLOYMENT)]);
    let missing = place.audit(&["--baseline", "known.json", "."]);
    assert!(missing.code == 2 && missing.err.contains("--write-baseline known.json makes one"), "{}", missing.err);
    assert_eq!(place.audit(&["--write-baseline", "known.json", "--quiet", "."]).code, 0);
    let known = place.audit(&["--baseline", "known.json", "."]);
    assert_eq!((known.code, known.rules().len()), (0, 0), "{}", known.out);
    assert!(known.out.contains("known by the baseline"), "{}", known.out);

    place.write("b.yaml", &other());
    let more = place.audit(&["--baseline", "known.json", "."]);
    assert!(
        more.code == 1 && more.out.contains("\"other\"") && !more.out.contains("Deployment \"mysql\""),
        "{}",
        more.out
    );

    // What is mended is told, so that the baseline does not hide it when it comes back.
    place.write(
        "a.yaml",
        &DEPLOYMENT.replace(
            "              value: correct-horse\n",
            "              valueFrom: { secretKeyRef: { name: mysql, key: root } }\n",
        ),
    );
    let less = place.audit(&["--baseline", "known.json", "a.yaml"]);
    assert!(less.out.contains("the baseline knows MY001") && less.out.contains("no longer found"), "{}", less.out);
    // Read and written anew in one go.
    place.audit(&["--baseline", "known.json", "--write-baseline", "known.json", "."]);
    let anew = place.audit(&["--baseline", "known.json", "."]);
    assert_eq!((anew.code, anew.out.contains("no longer found")), (0, false), "{}", anew.out);
}

#[test]
fn a_baseline_of_another_version_is_refused() {
    let place = Place::with(&[("a.yaml", DEPLOYMENT), ("known.json", r#"{"version": 7, "findings": []}"#)]);
    let outcome = place.audit(&["--baseline", "known.json", "a.yaml"]);
    assert!(outcome.code == 2 && outcome.err.contains("known.json: it is a baseline of version 7"), "{}", outcome.err);
}

#[test]
fn a_branch_is_judged_by_what_it_changed() {
    let place = Place::with(&[("sub/a.yaml", DEPLOYMENT)]);
    let outside = place.audit(&["--diff-base", "main", "."]);
    assert!(
        outside.code == 2 && outside.err.contains("--diff-base needs a work tree of Git: git says:"),
        "{}",
        outside.err
    );
    place.git(&["init", "--quiet"]);
    place.git(&["add", "."]);
    place.git(&["commit", "--quiet", "--message", "first"]);
    place.git(&["checkout", "--quiet", "-b", "change"]);
    let nothing = place.audit(&["--diff-base", "main", "."]);
    assert_eq!((nothing.code, nothing.rules().len()), (0, 0), "{}", nothing.out);
    assert!(nothing.out.contains("there before"), "{}", nothing.out);

    // Moved to another place in the file and to another file: nothing new. A second server: new.
    std::fs::remove_file(place.path("sub/a.yaml")).unwrap();
    place.write("sub/all.yaml", &format!("# moved\n{DEPLOYMENT}---\n{}", other()));
    for path in [".", "sub", "sub/all.yaml"] {
        let change = place.audit(&["--diff-base", "main", path]);
        let is_new = path == "sub/all.yaml";
        assert_eq!(change.code, 1);
        assert!(change.out.contains("\"other\""), "{}", change.out);
        assert_eq!(change.out.contains("Deployment \"mysql\""), is_new, "{path}: {}", change.out);
    }

    // What main does meanwhile is not this branch's.
    place.git(&["add", "--all"]);
    place.git(&["commit", "--quiet", "--message", "second"]);
    place.git(&["checkout", "--quiet", "main"]);
    place.write("sub/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n");
    place.git(&["add", "."]);
    place.git(&["commit", "--quiet", "--message", "third"]);
    place.git(&["checkout", "--quiet", "change"]);
    assert_eq!(place.audit(&["--diff-base", "main", "--quiet", "."]).code, 1);
    let status = place.command("git", &["status", "--porcelain"]).output().unwrap();
    assert_eq!(String::from_utf8(status.stdout).unwrap(), "");

    // A file that Git knows under another name, by its new one and by its new folder's.
    place.git(&["checkout", "--quiet", "-b", "rename", "main"]);
    std::fs::create_dir(place.path("new")).unwrap();
    place.git(&["mv", "sub/a.yaml", "new/b.yaml"]);
    for path in ["new/b.yaml", "new", "."] {
        let renamed = place.audit(&["--diff-base", "main", path]);
        assert_eq!((renamed.code, renamed.rules().len()), (0, 0), "{path}: {}", renamed.out);
    }
    let unknown = place.audit(&["--diff-base", "nope", "."]);
    assert!(
        unknown.code == 2 && unknown.err.contains("Git does not know nope; in CI, fetch it first"),
        "{}",
        unknown.err
    );
    let input = place.audit(&["--diff-base", "main", "-"]);
    assert!(input.code == 2 && input.err.contains("standard input was nothing before"), "{}", input.err);
}

#[test]
fn a_submodule_is_judged_by_what_changed_in_it() {
    let module = Place::with(&[("a.yaml", DEPLOYMENT)]);
    let commit = |place: &Place| {
        place.git(&["add", "--all"]);
        place.git(&["commit", "--quiet", "--message", "a"]);
    };
    module.git(&["init", "--quiet"]);
    commit(&module);
    let place = Place::with(&[]);
    place.git(&["init", "--quiet"]);
    let address = module.path(".").display().to_string();
    place.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &address, "deep/module"]);
    commit(&place);
    place.git(&["checkout", "--quiet", "-b", "change"]);
    for path in [".", "deep", "deep/module/a.yaml"] {
        let nothing = place.audit(&["--diff-base", "main", path]);
        assert_eq!((nothing.code, nothing.rules().len()), (0, 0), "{path}: {}{}", nothing.out, nothing.err);
    }
    place.write("deep/module/b.yaml", &other());
    let change = place.audit(&["--diff-base", "main", "."]);
    assert!(change.code == 1 && !change.out.contains("Deployment \"mysql\""), "{}", change.out);
}

const SCRIPT: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: mysql, namespace: shop }
spec:
  selector: { matchLabels: { app: mysql } }
  template:
    metadata: { labels: { app: mysql } }
    spec:
      containers:
        - name: mysql
          image: mysql:8.4
          args: [--init-connect=SET PASSWORD = 'z7-Harbour-Pilot']
          command: [bash, -c]
        - name: backup
          image: mysql:8.4
          command:
            - bash
            - -c
            - |
              mysqladmin --password=z7-Harbour-Pilot ping
              mysqldump -uroot -pz7-Harbour-Pilot --all-databases | nc -l 3307
";

#[test]
fn a_baseline_holds_no_password() {
    let place = Place::with(&[("mysql.yaml", SCRIPT)]);
    let outcome = place.audit(&["--write-baseline", "known.json", "."]);
    assert!(outcome.code == 0 && outcome.err.contains("known.json knows"), "{}{}", outcome.out, outcome.err);
    let known = place.read("known.json");
    assert!(known.contains("MY008") && !known.contains("Harbour"), "{known}");
    place.write("mysql.yaml", &SCRIPT.replace("z7-Harbour-Pilot", "$PASSWORD"));
    let gone = place.audit(&["--baseline", "known.json", "--verbose", "."]);
    assert!(gone.out.contains("no longer") && !gone.out.contains("Harbour"), "{}", gone.out);
}

#[test]
fn of_what_is_not_read_nothing_is_missed() {
    let other = DEPLOYMENT.replace("name: mysql\n", "name: other\n");
    let place = Place::with(&[("mysql.yaml", DEPLOYMENT), ("other.yaml", &other)]);
    place.audit(&["--write-baseline", "known.json", "--quiet", "."]);
    let part = place.audit(&["--baseline", "known.json", "mysql.yaml"]);
    assert!(part.code == 0 && !part.out.contains("no longer"), "{}", part.out);
}
