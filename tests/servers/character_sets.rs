//! Which character sets and collations keep a server from starting: the gate says so of those, and of no
//! others.

use serde_json::json;

use crate::gate::Gate;
use crate::installed::Installed;
use crate::verdict;

const CHARACTER_SETS: [&str; 6] = ["", "utf8mb4", "UTF8MB4", "utf8", "utf8mb3", "latin1"];

const COLLATIONS: [&str; 10] = [
    "",
    "utf8mb4_unicode_ci",
    "utf8mb4_general_ci",
    "utf8mb4_0900_ai_ci",
    "utf8mb4_uca1400_ai_ci",
    "uca1400_ai_ci",
    "utf8_general_ci",
    "utf8mb3_general_ci",
    "latin1_swedish_ci",
    "nonsense_ci",
];

/// Servers, a collation, and the character sets beside it, of which the gate says nothing although the server
/// does not start, or which it repairs in vain.
const UNSAID: [(&[&str], &str, &[&str]); 3] = [
    (&["mariadb-10.5", "mariadb-10.11"], "utf8_general_ci", &[""]),
    (&["mariadb-10.5", "mariadb-10.11"], "utf8mb3_general_ci", &[""]),
    (&["mariadb-10.5", "mariadb-10.11"], "nonsense_ci", &[""]),
];

#[test]
fn mariadb_10_5() {
    check("mariadb-10.5");
}

#[test]
fn mariadb_10_11() {
    check("mariadb-10.11");
}

#[test]
fn mariadb_11_8() {
    check("mariadb-11.8");
}

#[test]
fn mysql() {
    check("mysql");
}

fn check(name: &str) {
    let Some(installed) = Installed::find(name) else { return };
    let gate = Gate::of("utf8mb4", json!({}));
    let mut wrong = vec![];
    for set in CHARACTER_SETS {
        for collation in COLLATIONS {
            let options: Vec<_> = [("character-set-server", set), ("collation-server", collation)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("--{name}={value}"))
                .collect();
            let judged = gate.judge(json!({ "image": installed.image(), "args": options }));
            let starts = verdict::starts_with(&installed, &options);
            let said = judged.messages("MY016").iter().any(|message| message.contains("does not start"));
            // Where the gate repairs, the repair must help.
            let repaired = judged.arguments();
            let helps = repaired == options || verdict::starts_with(&installed, &repaired);
            match (starts, said && helps, is_gap(name, set, collation)) {
                (true, ..) if said => wrong.push(format!("{options:?}: the server starts, and the gate denies it")),
                (false, false, false) => wrong.push(format!("{options:?}: the server starts neither so nor repaired")),
                (false, true, true) => wrong.push(format!("{options:?}: the gap is closed, remove it")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", installed.image(), wrong.join("\n"));
}

/// Whether this is one of what the gate does not say although the server does not start.
fn is_gap(server: &str, set: &str, collation: &str) -> bool {
    UNSAID.iter().any(|(servers, wrong, sets)| collation == *wrong && servers.contains(&server) && sets.contains(&set))
}
