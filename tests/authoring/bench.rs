//! `policy bench`: every figure is there, and is one that can be.

use super::{Folder, deployment};

/// Its cells, from the policy's name on.
fn row<'a>(out: &'a str, policy: &str) -> Vec<&'a str> {
    let line = out.lines().find(|line| line.split_whitespace().next() == Some(policy));
    line.unwrap_or_else(|| panic!("{policy} is not in\n{out}")).split_whitespace().collect()
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("{cell} is no number"))
}

#[test]
fn a_policy_is_measured_beside_the_built_in_ones() {
    let folder = Folder::of("grace-period");
    let case = |seconds| format!("about: x\n{}expect: {{ decision: allow, findings: [] }}\n", deployment(seconds));
    folder.write("cases/a.yaml", &case(10));
    folder.write("cases/b.yaml", &case(120));
    std::fs::rename(folder.path("build/grace-period.wasm"), folder.path("build/patience.wasm")).unwrap();
    let (code, out, err) = folder.policy(&["bench", "--seconds", "0.5"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("This is a debug build of tidegate"), "{out}");
    let (own, builtin) = (row(&out, "patience"), row(&out, "grace-period"));
    // The same code, so that what does not depend on the clock is the same. The median of the instructions does: it is
    // that of one object or of the other.
    for column in [1, 10] {
        assert_eq!(own[column], builtin[column], "{out}");
    }
    let [size, compile, load, reviews] = [own[1], own[2], own[3], own[4]].map(number);
    assert!(size > 20.0 && compile > load && load > 0.0 && reviews >= 2.0, "{out}");
    let [cold, warm, instructions, memory] = [own[5], own[7], own[9], own[10]].map(number);
    assert!(cold > warm && warm > 0.0, "{out}");
    // An instance's memory is a whole number of Wasm's pages of 64 KiB.
    assert!(instructions > 1_000.0 && memory >= 64.0 && memory % 64.0 == 0.0, "{out}");
    // Nothing is said of the hundredth part of a few.
    assert_eq!(own[6] == "-", reviews < 100.0, "{out}");
    // Also one that judges none of these objects has its line.
    for name in tidegate::wasm::builtin_names() {
        assert_eq!(row(&out, name).len(), own.len(), "{out}");
    }
}

#[test]
fn what_fails_or_is_never_asked_is_told() {
    let folder = Folder::misbehaving();
    let case = |settings: &str| format!("about: x\nsettings: {{ how: {settings} }}\n{}", deployment(10));
    folder.write("cases/good.yaml", &case("not-at-all"));
    folder.write("cases/panic.yaml", &case("panic"));
    folder.write("cases/refused.yaml", &case("nonsense"));
    let (code, out, err) = folder.policy(&["bench", "--alone", "--seconds", "0"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("misbehaving failed on panic: it crashed"), "{out}");
    assert!(number(row(&out, "misbehaving")[4]) >= 1.0 && !out.contains("probes"), "{out}");

    std::fs::remove_file(folder.path("cases/panic.yaml")).unwrap();
    folder.write("cases/good.yaml", &case("not-at-all").replace("kind: Deployment", "kind: Ingress"));
    let (code, _, err) = folder.policy(&["bench", "--alone", "--seconds", "0"]);
    assert!(code == 2 && err.contains("misbehaving judges none of the objects in ./cases"), "{err}");
    for seconds in ["-1", "soon", "1e9"] {
        let argument = format!("--seconds={seconds}");
        let (code, _, err) = folder.policy(&["bench", &argument]);
        assert!(code == 2 && err.contains("write a number of seconds"), "{err}");
    }
}
