//! How the contract may grow within 1.x: what was built against 1.0.0 must load for as long as there is a 1.x.

use std::collections::BTreeMap;

use wasmtime::component::{Component, ComponentType, Lift, Linker, Val};
use wasmtime::{Config, Engine, Store};
use wit_parser::{Function, Resolve, Type, TypeDefKind, WorldItem};

use crate::gate::{RUNTIME, failure, judge, load_alone};
use crate::guest::{CONTRACT, Guest};

/// The contract as it is now.
const NOW: &str = include_str!("../../policies/wit/policy.wit");

/// Every function that could be imported when the contract was frozen, as a core module sees it: a text is two
/// numbers, and where the answer has more than one number, its place is the last.
const IMPORTS: &str = r#"
    (import "tidegate:policy/raw@1.0.0" "object" (func (param i32)))
    (import "tidegate:policy/raw@1.0.0" "old-object" (func (param i32)))
    (import "tidegate:policy/raw@1.0.0" "at" (func (param i32 i32 i32)))
    (import "tidegate:policy/raw@1.0.0" "option-files" (func (param i32)))
    (import "tidegate:policy/cluster@1.0.0" "get" (func (param i32 i32 i32 i32 i32 i32 i32)))
    (import "tidegate:policy/cluster@1.0.0" "find" (func (param i32 i32 i32 i32 i32)))
    (import "tidegate:policy/cluster@1.0.0" "exists" (func (param i32 i32 i32 i32 i32 i32 i32)))
    (import "tidegate:policy/cluster@1.0.0" "seen" (func (param i32 i32 i32 i32 i32)))
    (import "tidegate:policy/cluster@1.0.0" "workloads" (func (param i32 i32 i32 i32 i32)))"#;

/// A component that was built against 1.0.0 and uses all of it.
fn old() -> Vec<u8> {
    Guest { imports: IMPORTS, ..Guest::default() }.component()
}

#[test]
fn what_was_built_against_1_0_0_loads_today() {
    let set = load_alone(&RUNTIME, &old()).unwrap();
    assert_eq!(failure(&set), None);
    assert_eq!(judge(&set).asked, ["a-test"]);
}

/// Each type and function of a contract, by its name, as a text that says all that a component depends on.
fn items(text: &str) -> BTreeMap<String, String> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("policy.wit", text).unwrap();
    let mut items = BTreeMap::new();
    for (interface, id) in &resolve.packages[package].interfaces {
        for (name, id) in &resolve.interfaces[*id].types {
            items.insert(format!("{interface}.{name}"), kind(&resolve, &resolve.types[*id].kind));
        }
        for (name, function) in &resolve.interfaces[*id].functions {
            items.insert(format!("{interface}.{name}"), signature(&resolve, function));
        }
    }
    let world = resolve.select_world(&[package], Some("policy")).unwrap();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Function(function) = item else { panic!("the contract exports functions only") };
        items.insert(format!("export {}", resolve.name_world_key(key)), signature(&resolve, function));
    }
    items
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<String> = function
        .params
        .iter()
        .map(|parameter| format!("{}: {}", parameter.name, name(resolve, &parameter.ty)))
        .collect();
    let result = function.result.as_ref().map(|result| name(resolve, result));
    format!("({}) -> {result:?}", parameters.join(", "))
}

/// A type where it is used.
fn name(resolve: &Resolve, wanted: &Type) -> String {
    let Type::Id(id) = wanted else { return format!("{wanted:?}") };
    let found = &resolve.types[*id];
    found.name.clone().unwrap_or_else(|| kind(resolve, &found.kind))
}

/// A type where it is defined.
fn kind(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let name = |wanted: &Type| name(resolve, wanted);
    let optional = |wanted: &Option<Type>| wanted.as_ref().map(name).unwrap_or_default();
    match kind {
        TypeDefKind::Record(record) => {
            record.fields.iter().map(|field| format!("{}: {}\n", field.name, name(&field.ty))).collect()
        }
        TypeDefKind::Variant(variant) => {
            variant.cases.iter().map(|case| format!("{}({})\n", case.name, optional(&case.ty))).collect()
        }
        TypeDefKind::Enum(cases) => cases.cases.iter().map(|case| format!("{}\n", case.name)).collect(),
        TypeDefKind::List(item) => format!("list<{}>", name(item)),
        TypeDefKind::Option(item) => format!("option<{}>", name(item)),
        TypeDefKind::Tuple(tuple) => format!("tuple<{}>", tuple.types.iter().map(name).collect::<Vec<_>>().join(", ")),
        TypeDefKind::Result(result) => format!("result<{}, {}>", optional(&result.ok), optional(&result.err)),
        TypeDefKind::Type(alias) => name(alias),
        other => panic!("the contract has no {}", other.as_str()),
    }
}

/// What of the frozen contract is no longer as it was.
fn broken(text: &str) -> Vec<String> {
    let now = items(text);
    items(CONTRACT).into_iter().filter(|(name, item)| now.get(name) != Some(item)).map(|(name, _)| name).collect()
}

#[test]
fn records_and_enums_are_frozen_and_functions_stay_as_they_are() {
    assert_eq!(
        broken(NOW),
        [""; 0],
        "policies that are built already would no longer load. Within 1.x nothing of it may change: grow by a new \
         function in raw or cluster, by a documented word, or by an entry in extra (CONTRIBUTING.md, \"Changing the \
         contract\")",
    );
    assert!(NOW.contains("package tidegate:policy@1."), "a 2.0 is another contract, and stands beside this one");
    // What the sentence above holds back, so that it is known to do so.
    for (from, to, item) in [
        ("        critical,\n", "        critical,\n        fatal,\n", "types.severity"),
        ("        dry-run: bool,\n", "        dry-run: bool,\n        more: bool,\n", "types.request"),
        ("        dry-run: bool,\n", "", "types.request"),
        ("replicas: option<u32>", "replicas: u32", "types.workload"),
        ("remove(pointer)", "remove(string)", "types.edit"),
        ("at: func(path: pointer)", "at: func(place: pointer)", "raw.at"),
        ("export review: func(request: request,", "export review: func(", "export review"),
    ] {
        assert!(CONTRACT.contains(from), "{from}");
        assert_eq!(broken(&CONTRACT.replacen(from, to, 1)), [item]);
    }
    assert_eq!(broken(&grown()), [""; 0], "this much may be added");
}

/// The contract as it may grow: another version, a function and a type more.
fn grown() -> String {
    let grown = CONTRACT
        .replace("package tidegate:policy@1.0.0;", "package tidegate:policy@1.1.0;")
        .replace("interface raw {", "interface raw {\n    record size { bytes: u32 }\n    measure: func() -> size;")
        .replace("interface cluster {", "interface cluster {\n    version: func() -> string;");
    assert_eq!(grown.matches("1.1.0").count(), 1);
    grown
}

/// A host of a contract, whose functions only exist: what is linked is what the contract's text says.
fn host(engine: &Engine, contract: &str) -> Linker<()> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("policy.wit", contract).unwrap();
    let world = resolve.select_world(&[package], Some("policy")).unwrap();
    let mut linker = Linker::new(engine);
    for (key, item) in &resolve.worlds[world].imports {
        // What the world uses of its own types is no import of a component.
        let WorldItem::Interface { id, .. } = item else { continue };
        let mut instance = linker.instance(&resolve.name_world_key(key)).unwrap();
        for name in resolve.interfaces[*id].functions.keys() {
            instance.func_new(name, |_, _, _: &[Val], _| Ok(())).unwrap();
        }
    }
    linker
}

/// What the contract's description is to a host: each field, by its type.
#[allow(dead_code, reason = "what counts is which fields there are")]
#[derive(ComponentType, Lift)]
#[component(record)]
struct Description {
    name: String,
    title: String,
    rules: Vec<Rule>,
    #[component(name = "settings-schema")]
    settings_schema: String,
    reads: Vec<ResourceType>,
    extra: Vec<(String, String)>,
}

/// The same with one field more, as a later host would have it if records were not frozen.
#[allow(dead_code, reason = "what counts is which fields there are")]
#[derive(ComponentType, Lift)]
#[component(record)]
struct LargerDescription {
    name: String,
    title: String,
    rules: Vec<Rule>,
    #[component(name = "settings-schema")]
    settings_schema: String,
    reads: Vec<ResourceType>,
    extra: Vec<(String, String)>,
    licence: String,
}

#[allow(dead_code, reason = "what counts is which fields there are")]
#[derive(ComponentType, Lift)]
#[component(record)]
struct Rule {
    id: String,
    title: String,
    severity: Severity,
}

#[allow(dead_code, reason = "what counts is which fields there are")]
#[derive(ComponentType, Lift, Clone, Copy)]
#[component(enum)]
#[repr(u8)]
enum Severity {
    #[component(name = "info")]
    Info,
    #[component(name = "low")]
    Low,
    #[component(name = "medium")]
    Medium,
    #[component(name = "high")]
    High,
    #[component(name = "critical")]
    Critical,
}

#[allow(dead_code, reason = "what counts is which fields there are")]
#[derive(ComponentType, Lift)]
#[component(record)]
struct ResourceType {
    #[component(name = "api-version")]
    api_version: String,
    kind: String,
}

#[test]
fn a_host_whose_contract_has_grown_runs_what_was_built_before_and_one_whose_records_have_does_not() {
    let engine = Engine::new(&Config::new()).unwrap();
    let component = Component::new(&engine, old()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = host(&engine, &grown()).instantiate(&mut store, &component).unwrap();

    let describe = instance.get_typed_func::<(), (Description,)>(&mut store, "describe").unwrap();
    let (description,) = describe.call(&mut store, ()).unwrap();
    assert_eq!((description.name.as_str(), description.rules.len()), ("guest", 1));

    let larger = instance.get_typed_func::<(), (LargerDescription,)>(&mut store, "describe").map(|_| ());
    let told = format!("{:#}", larger.unwrap_err());
    assert!(told.contains("expected 7 fields, found 6") || told.contains("record"), "{told}");

    // What is another contract is linked to nothing.
    let another = CONTRACT.replace("policy@1.0.0;", "policy@2.0.0;");
    let told = host(&engine, &another).instantiate(&mut store, &component).map(|_| ()).unwrap_err();
    assert!(format!("{told:#}").contains("tidegate:policy/"), "{told:#}");
}
