//! Slips that compile, in policies of JavaScript and Python: the author reads what is wrong, and in which line.

use crate::author::Author;

/// The name of the object that leads to a slip, the slip, and what is told of it.
type Slip = (&'static str, &'static str, &'static str);

const JAVASCRIPT: &[Slip] = &[
    (
        "nothing",
        "return undefined;",
        "TypeError: review gave undefined; give an array of findings, [] if there are none",
    ),
    ("text", "return [\"wrong\"];", "TypeError: review gave \"wrong\" among its findings; make each with finding("),
    (
        "number",
        "return [finding(\"SLIP1\", \"/spec\", 3)];",
        "TypeError: the message of a finding is a number; give a text (policy.js:",
    ),
    (
        "severity",
        "return [finding(\"SLIP1\", \"/spec\", \"a\", { severity: \"severe\" })];",
        "TypeError: the severity of a finding is \"severe\"; give one of info, low, medium, high, critical (policy.js:",
    ),
    (
        "fix",
        "return [finding(\"SLIP1\", \"/spec\", \"a\", { fix: edit.remove(\"/spec/a\") })];",
        "TypeError: the fix of SLIP1 is no array of edits; make each with edit.set, edit.remove or edit.append (policy.js:",
    ),
    (
        "value",
        "edit.set(\"/spec/a\", undefined);",
        "TypeError: edit.set was given undefined; give what JSON can hold, or use edit.remove (policy.js:",
    ),
    ("rule", "return [finding(\"SLIP2\", \"/spec\", \"a\")];", "the rule SLIP2 is not among the policy's rules"),
    (
        "more-severe",
        "return [finding(\"SLIP1\", \"/spec\", \"a\", { severity: \"high\" })];",
        "a finding of SLIP1 is high; the rule allows at most low",
    ),
    (
        "print",
        "console.log(\"here\");",
        "Error: console.log: a policy can write nowhere; put what you want to see into a finding's message while you try (policy.js:",
    ),
    (
        "clock",
        "Date.now();",
        "Error: Date.now: a policy has no clock: the same request gets the same answer at any time (policy.js:",
    ),
    ("day", "new Date();", "Error: new Date(): a policy has no clock"),
];

const PYTHON: &[Slip] = &[
    ("nothing", "return None", "TypeError: review gave None; give a list of findings, [] if there are none"),
    ("text", "return ['wrong']", "TypeError: review gave a str among its findings; make each with finding("),
    (
        "number",
        "return [finding(RULE, '/spec', 3)]",
        "TypeError: the message of a finding is a int; give a text (policy.py, line ",
    ),
    (
        "severity",
        "return [finding(RULE, '/spec', 'a', severity='severe')]",
        "TypeError: the severity of a finding is a str; give for instance Severity.LOW (policy.py, line ",
    ),
    (
        "fix",
        "return [finding(RULE, '/spec', 'a', fix=['edit'])]",
        "TypeError: the fix of SLIP1 is no list of edits; make each with edit.set, edit.remove or edit.append (policy.py, line ",
    ),
    (
        "value",
        "edit.set('/spec/a', {1, 2})",
        "TypeError: Object of type set is not JSON serializable (policy.py, line ",
    ),
    (
        "rule",
        "return [finding('SLIP2', '/spec', 'a')]",
        "TypeError: the rule of a finding is a str; give one of the policy's rules, a Rule (policy.py, line ",
    ),
    (
        "print",
        "print('here')",
        "RuntimeError: print: a policy can write nowhere; put what you want to see into a finding's message while you try (policy.py, line ",
    ),
    (
        "clock",
        "time.time()",
        "RuntimeError: time.time: a policy has no clock: the same request gets the same answer at any time (policy.py, line ",
    ),
];

#[test]
fn slips_in_javascript() {
    let slips = |(name, slip, _): &Slip| format!("    if (name === \"{name}\") {{ {slip} }}\n");
    let policy = format!(
        "import {{ definePolicy, edit, finding, raw }} from \"./sdk/tidegate.js\";\n\n\
         export const {{ describe, checkSettings, review }} = definePolicy({{\n  name: \"slips\",\n  title: \"Slips\",\n  \
         kinds: [\"Ingress\"],\n  rules: {{ SLIP1: {{ title: \"always\", severity: \"low\" }} }},\n  review() {{\n    \
         const name = raw.at(\"/metadata/name\");\n{}    return [];\n  }},\n}});\n",
        JAVASCRIPT.iter().map(slips).collect::<String>()
    );
    each("javascript", "policy.js", &policy, JAVASCRIPT);
}

#[test]
fn slips_in_python() {
    let slips = |(name, slip, _): &Slip| format!("        if name == '{name}':\n            {slip}\n");
    let policy = format!(
        "import time\n\nfrom tidegate import NoSettings, Policy, Rule, Severity, edit, export, finding, raw\n\n\
         RULE = Rule('SLIP1', 'always', Severity.LOW)\n\n\nclass Slips(Policy[NoSettings]):\n    name = 'slips'\n    \
         title = 'Slips'\n    kinds = ['Ingress']\n    rules = [RULE]\n    settings = NoSettings\n\n    \
         def review(self, request, settings):\n        name = raw.at('/metadata/name')\n{}        return []\n\n\n\
         WitWorld = export(Slips)\n",
        PYTHON.iter().map(slips).collect::<String>()
    );
    each("python", "policy.py", &policy, PYTHON);
}

/// One build, and a case for each slip.
fn each(language: &str, file: &str, policy: &str, slips: &[Slip]) {
    let Some(mut author) = Author::new("slips", language) else { return };
    author.succeed(&format!("tidegate policy new slips --language {language} --folder ."));
    author.succeed("rm cases/*.yaml && sed -i '/settings:/,$d' policy.yaml");
    author.write(file, policy);
    for (name, _, told) in slips {
        let case = serde_json::json!({
            "about": name,
            "object": {
                "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": { "name": name, "namespace": "shop" }, "spec": {},
            },
            "expect": { "error": told },
        });
        author.write(&format!("cases/{name}.yaml"), &case.to_string());
    }
    author.succeed("tidegate policy build --skip-types");
    author.succeed("tidegate policy test");
}
