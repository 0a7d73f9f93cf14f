// What the report holds, with each number of a text replaced by the text.

const SEVERITIES = ["critical", "high", "medium", "low", "info"];

const report = JSON.parse(byId("data").textContent);
const textOf = (number) => (number === undefined ? undefined : report.texts[number]);
const ruleTitles = new Map(Object.entries(report.rules));
const CONSEQUENCES = new Map(report.consequences.map(([name, title, meaning]) => [name, { title, meaning }]));

const objects = report.objects.map((raw) => ({
  title: textOf(raw.title),
  kind: textOf(raw.kind),
  namespace: textOf(raw.namespace) ?? "",
  name: textOf(raw.name) ?? "",
  file: textOf(raw.file) ?? "",
  line: raw.line,
  within: textOf(raw.within),
  outcome: raw.outcome,
  said: textOf(raw.said),
  failures: (raw.failures ?? []).map((one) => ({ ...one, policy: textOf(one.policy), message: textOf(one.message) })),
  manifest: raw.manifest && {
    firstLine: raw.manifest.firstLine,
    lines: raw.manifest.lines.map(textOf),
    changes: raw.manifest.changes.map((change) => ({ ...change, new: change.new.map(textOf) })),
  },
  findings: raw.findings.map((one) => ({
    severity: one.severity,
    policy: textOf(one.policy),
    rule: textOf(one.rule),
    message: textOf(one.message),
    at: textOf(one.at),
    fingerprint: one.fingerprint,
    consequence: one.consequence,
    help: textOf(one.help),
    obstacle: textOf(one.obstacle),
    since: textOf(one.since),
    unexcepted: textOf(one.unexcepted),
    lines: one.lines,
    snippet: one.snippet?.map(textOf),
    suppressed: textOf(one.suppressed),
  })),
}));

// A link names an object as people do; a second one of that name, from another file, gets a number.
const objectsByKey = new Map();
for (const object of objects) {
  const name = [object.kind, object.namespace, object.name || object.title].join("/");
  let key = name;
  for (let number = 2; objectsByKey.has(key); number += 1) key = `${name}/${number}`;
  object.key = key;
  objectsByKey.set(key, object);
}

const placeOf = (object, finding) =>
  object.line === undefined
    ? [object.file, object.within].filter(Boolean).join(", ")
    : `${object.file}:${finding?.lines?.[0] ?? object.line}`;

const findings = objects.flatMap((object) => object.findings.map((finding) => Object.assign(finding, { object })));
findings.forEach((finding, index) => {
  const { object } = finding;
  finding.index = index;
  finding.place = placeOf(object, finding);
  finding.words = [
    finding.message, finding.rule, finding.policy, finding.severity, finding.help, finding.at, finding.place,
    object.title, object.kind, object.namespace, object.name, CONSEQUENCES.get(finding.consequence).title,
    ruleTitles.get(finding.rule), finding.suppressed,
  ].filter(Boolean).join("\n").toLowerCase();
});
