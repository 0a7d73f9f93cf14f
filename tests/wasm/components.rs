//! Components that are too large, import what there is not, or want more of the pool than there is: each is refused
//! when it is loaded, before it costs anything.

use std::fs::File;

use crate::gate::{RUNTIME, document, load, load_alone};
use crate::guest::Guest;

fn refused(component: &[u8]) -> String {
    load_alone(&RUNTIME, component).err().expect("it was taken")
}

/// A component around a core module.
fn around(module: &str) -> Vec<u8> {
    wat::parse_str(format!("(component (core module {module}))")).unwrap()
}

/// A component in a component, and so on.
fn nested(depth: usize) -> Vec<u8> {
    const HEAD: &[u8] = b"\0asm\x0d\0\x01\0";
    (1..depth).fold(HEAD.to_vec(), |inner, _| {
        let mut outer = HEAD.to_vec();
        outer.push(4);
        let mut size = inner.len();
        while size > 0x7f {
            outer.push((size & 0x7f) as u8 | 0x80);
            size >>= 7;
        }
        outer.push(size as u8);
        outer.extend(inner);
        outer
    })
}

#[test]
fn what_would_keep_the_compiler_busy_is_refused_unseen() {
    let functions = around(&"(func)".repeat(100_001));
    let large = around(&format!("(func {})", "(drop (i32.const 1000000))".repeat(220_000)));
    let many = around(&format!("(func (local {}))", "i32 ".repeat(5_001)));
    let joins = around(&format!(
        "(func (local {}) {} {} {})",
        "i32 ".repeat(1_000),
        "(loop ".repeat(2_001),
        "(local.set 0 (local.get 999))",
        ")".repeat(2_001)
    ));
    let code = around(&format!("(func {})", "(drop (i32.const 1000000))".repeat(150_000)).repeat(45));
    let parts = format!("(component {})", "(core module)".repeat(501));
    let instances = format!("(component (component $a) {})", "(instance (instantiate $a))".repeat(2_001));
    let core = format!("(component (core module $a) {})", "(core instance (instantiate $a))".repeat(2_001));
    // Six times three in one another come to more than a thousand of each level before.
    let inner = (0..6).fold("(component)".to_owned(), |inner, _| {
        format!(
            "(component {} {})",
            inner.replacen("(component", "(component $a", 1),
            "(instance (instantiate $a))".repeat(4)
        )
    });
    let beside: String = (1..8)
        .map(|number| {
            let again = "(instance (instantiate $b))".repeat(4);
            format!("(component $c{number} (alias outer 1 $c{} (component $b)) {again})", number - 1)
        })
        .collect();
    let beside = format!("(component (component $c0) {beside})");
    let gives = around(&format!("(func block (result {}) unreachable end unreachable)", "i32 ".repeat(17)));
    let takes = around(&format!(
        "(type $t (func (param {}))) (func {})",
        "i32 ".repeat(1_000),
        format!("{} block (type $t) unreachable end ", "i32.const 0 ".repeat(1_000)).repeat(201)
    ));
    for (component, told) in [
        (functions, "it has 100001 functions; at most 100000 fit here"),
        (large, "it has 1074 KiB in one function; at most 1024 fit here"),
        (many, "it has 5001 variables in one function; at most 5000 fit here"),
        (joins, "it has 2001000 variables times blocks in one function; at most 2000000 fit here"),
        (code, "it has 33 MiB of code; at most 32 fit here"),
        (wat::parse_str(parts).unwrap(), "it has 501 modules and components; at most 500 fit here"),
        (wat::parse_str(instances).unwrap(), "it has 2001 instances; at most 2000 fit here"),
        (wat::parse_str(core).unwrap(), "it has 2001 instances; at most 2000 fit here"),
        (wat::parse_str(inner).unwrap(), "it has 2730 instances; at most 2000 fit here"),
        (wat::parse_str(beside).unwrap(), "it has 2730 instances; at most 2000 fit here"),
        (gives, "it has 17 results of one block; at most 16 fit here"),
        (takes, "it has 2010000 variables times blocks in one function; at most 2000000 fit here"),
        (nested(12), "it has 11 components in one another; at most 10 fit here"),
        (nested(5_000), "it has 11 components in one another; at most 10 fit here"),
    ] {
        assert_eq!(refused(&component), told);
    }
}

#[test]
fn a_file_of_200_mib_is_not_read_and_neither_is_what_never_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.wasm");
    // It takes no place on the disk.
    File::create(&path).unwrap().set_len(200 << 20).unwrap();
    let path = path.display().to_string();
    for (path, told) in [
        (path.as_str(), format!("{path}: 200 MiB; at most 64 MiB are read")),
        ("/dev/zero", "/dev/zero is not a file".to_owned()),
        ("/", "/ is not a file".to_owned()),
    ] {
        let error = load(&document(&format!("{{ module: 'file://{path}' }}"))).err().unwrap();
        assert_eq!(error, format!("test.yaml: policy a-test: spec.module: {told}"));
    }
}

#[test]
fn what_is_imported_has_to_be_in_the_contract() {
    let import = |import: &str| wat::parse_str(format!("(component {import})")).unwrap();
    let contract = "it does not keep the contract tidegate:policy@1: ";
    for (text, told) in [
        (
            r#"(import "wasi:clocks/monotonic-clock@0.2.0" (instance (export "now" (func (result u64)))))"#,
            "component imports instance `wasi:clocks/monotonic-clock@0.2.0`, but a matching implementation was not \
             found in the linker: instance export `now` has the wrong type: function implementation is missing",
        ),
        (
            r#"(import "other" (func))"#,
            "component imports function `other`, but a matching implementation was not found in the linker: function \
             implementation is missing",
        ),
        (
            r#"(import "tidegate:policy/raw@1.0.0" (instance (export "delete" (func))))"#,
            "component imports instance `tidegate:policy/raw@1.0.0`, but a matching implementation was not found in the \
             linker: instance export `delete` has the wrong type: function implementation is missing",
        ),
        ("", "no export `check-settings` found"),
    ] {
        assert_eq!(refused(&import(text)), format!("{contract}{told}"));
    }
}

#[test]
fn what_wants_more_than_the_pool_has_is_refused_when_it_is_loaded() {
    let with = |parts: &str| Guest { parts: parts.to_owned(), ..Guest::default() }.component();
    for (parts, told) in [
        ("(memory 1)", "it has 2 memories in one module; at most 1 fit here"),
        ("(table 1 funcref) (table 1 funcref)", "it has 2 tables in one module; at most 1 fit here"),
        ("(table 30000 funcref)", "it has 30000 elements in a table; at most 20000 fit here"),
    ] {
        assert_eq!(refused(&with(parts)), told);
    }
    let large = Guest { pages: 2_000, ..Guest::default() }.component();
    assert_eq!(refused(&large), "it has 125 MiB of memory to begin with; at most 64 fit here");
    let instance = |count: usize| {
        let module = "(core module $m (memory 1)) ";
        wat::parse_str(format!("(component {module}{})", "(core instance (instantiate $m)) ".repeat(count))).unwrap()
    };
    for (count, told) in [(4, "memories"), (39, "core module instances")] {
        let found = refused(&instance(count));
        assert!(found.starts_with("it cannot be compiled: ") && found.contains(told), "{found}");
    }
}
