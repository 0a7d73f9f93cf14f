//! `tidegate policy docs`: the reference follows the component, and everything around it is the author's.

use crate::place::Place;

const OURS: &str =
    "# mine\n\nWhy it matters.\n\n<!-- tidegate:reference -->\nold\n<!-- /tidegate:reference -->\n\n## By hand\n";

/// A folder in which the component of a built-in policy lies where a build puts it.
fn place() -> Place {
    let place = Place::with(&[]);
    std::fs::create_dir(place.path("build")).unwrap();
    let component = crate::place::root().join("policies/target/components/storage-class.wasm");
    std::fs::copy(component, place.path("build/storage-class.wasm")).unwrap();
    place
}

#[test]
fn it_is_written_between_the_comments_and_checked() {
    let place = place();
    place.write("README.md", OURS);
    let (code, out, err) = place.run(&["policy", "docs", "--check"]);
    assert!(code == 1 && err.is_empty(), "{out}{err}");
    assert!(out.starts_with("-old\n+") && out.contains("+| MY010 | "), "{out}");
    assert!(
        out.ends_with("./README.md: its reference is not what the component says; `tidegate policy docs` writes it\n")
    );
    assert_eq!(place.read("README.md"), OURS);

    let (code, out, _) = place.run(&["policy", "docs"]);
    assert_eq!((code, out.as_str()), (0, "./README.md: its reference is written\n"));
    let text = place.read("README.md");
    assert!(text.starts_with("# mine\n\nWhy it matters.\n\n<!-- tidegate:reference -->\n<!-- Made by"), "{text}");
    assert!(text.ends_with("```\n\n<!-- /tidegate:reference -->\n\n## By hand\n"), "{text}");
    for line in [
        "| rule | what is wrong | severity |",
        "| setting | default | meaning |",
        "| `allowed` | `[]` | ",
        ": those that have to do with MySQL.",
        "    - { apiVersion: storage.k8s.io/v1, kind: StorageClass }",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for arguments in
        [["policy", "docs", "--check"], ["policy", "docs", "."], ["policy", "docs", "build/storage-class.wasm"]]
    {
        let (code, out, err) = place.run(&arguments);
        assert!(code == 0 && out.ends_with("README.md: its reference is as it should be\n"), "{out}{err}");
    }
}

#[test]
fn where_there_is_none_it_is_made() {
    let place = place();
    assert_eq!(place.run(&["policy", "docs", "--readme", "new.md"]).0, 0);
    assert!(place.read("new.md").starts_with("# storage-class: "), "{}", place.read("new.md"));
    assert!(!place.path("README.md").exists());
    place.write("README.md", "# mine\n");
    assert_eq!(place.run(&["policy", "docs"]).0, 0);
    assert!(place.read("README.md").starts_with("# mine\n\n## Reference\n\n<!-- tidegate:reference -->\n"));
}

#[test]
fn what_cannot_be_written_is_told() {
    let place = place();
    place.write("README.md", "<!-- tidegate:reference -->\n");
    let (code, _, err) = place.run(&["policy", "docs"]);
    assert!(
        code == 2 && err.contains("README.md: the reference has to stand between <!-- tidegate:reference -->"),
        "{err}"
    );
    std::fs::copy(place.path("build/storage-class.wasm"), place.path("build/other.wasm")).unwrap();
    let (code, _, err) = place.run(&["policy", "docs"]);
    assert!(
        code == 2 && err.contains("more than one component (other.wasm, storage-class.wasm); name the file"),
        "{err}"
    );
    let (code, _, err) = Place::with(&[]).run(&["policy", "docs"]);
    assert!(code == 2 && err.contains("./build has no component; make it with `tidegate policy build .`"), "{err}");
}
