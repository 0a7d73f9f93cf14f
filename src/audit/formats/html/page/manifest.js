// A manifest: what its repair changes, and the lines that findings are about.

const CONTEXT = 3; // lines that are shown around a change or a finding, as by diff -u
const SHORTEST_FOLD = 6; // a shorter run is not worth a button

// Lines in order: as they stand, taken away, or new.
function linesOf(manifest) {
  const lines = [];
  let at = 0;
  let after = 0;
  const keep = (end) => {
    for (; at < end; at += 1) lines.push({ kind: "same", before: at, after: after++, text: manifest.lines[at] });
  };
  for (const change of manifest.changes) {
    keep(change.at);
    for (const end = change.at + change.gone; at < end; at += 1) lines.push({ kind: "gone", before: at, text: manifest.lines[at] });
    for (const text of change.new) lines.push({ kind: "new", after: after++, text });
  }
  keep(manifest.lines.length);
  return lines;
}

// Findings by the index of the line that they begin on, and all lines that they reach.
function marksOf(object) {
  const begins = new Map();
  const reached = new Map();
  for (const finding of object.findings) {
    if (!finding.lines) continue;
    const [first, last] = finding.lines.map((line) => line - object.manifest.firstLine);
    begins.set(first, [...(begins.get(first) ?? []), finding]);
    for (let line = first; line <= last; line += 1) if (!reached.has(line)) reached.set(line, finding.severity);
  }
  return { begins, reached };
}

const KEY = /^(\s*(?:- +)*)((?:"[^"]*"|'[^']*'|[^\s#"'{}[\],:][^#:]*))(:)(?=\s|$)/;
const COMMENT = /(^|\s)#.*$/;

// A line of YAML in colours: keys, comments, and the rest. Only for the eye: what it gets wrong is shown all the same.
function paint(text) {
  const key = KEY.exec(text);
  const rest = key ? text.slice(key[0].length) : text;
  const comment = /["']/.test(rest) ? null : COMMENT.exec(rest);
  const value = comment ? rest.slice(0, comment.index) : rest;
  const parts = [];
  if (key) parts.push(key[1], make("span", { class: "y-key" }, key[2]), key[3]);
  if (value) parts.push(value);
  if (comment) parts.push(make("span", { class: "y-comment" }, comment[0]));
  return parts;
}

const SIGNS = { same: "", gone: "−", new: "+" };
const MEANINGS = { same: undefined, gone: "taken away", new: "new" };

function codeCell(line, attributes = {}) {
  if (!line) return make("td", { class: "code absent", ...attributes });
  const content = paint(line.text);
  const inner = line.kind === "gone" ? [make("del", {}, ...content)] : line.kind === "new" ? [make("ins", {}, ...content)] : content;
  return make("td", { class: `code ${line.kind}`, ...attributes }, ...inner);
}

function numberCell(line, side, firstLine) {
  const index = line?.[side];
  return make("td", { class: `line ${line?.kind ?? "absent"}` }, index === undefined ? "" : String(index + firstLine));
}

function signCell(line) {
  return make("td", { class: `sign ${line.kind}` },
    make("span", { "aria-hidden": "true" }, SIGNS[line.kind]), MEANINGS[line.kind] && make("span", { class: "unseen" }, MEANINGS[line.kind]));
}

// Pairs what is taken away with what stands there instead.
function besideEachOther(lines) {
  const pairs = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].kind === "same") {
      pairs.push({ left: lines[at], right: lines[at] });
      at += 1;
      continue;
    }
    const end = lines.findIndex((line, index) => index > at && line.kind === "same");
    const run = lines.slice(at, end < 0 ? lines.length : end);
    const gone = run.filter((line) => line.kind === "gone");
    const fresh = run.filter((line) => line.kind === "new");
    for (let index = 0; index < Math.max(gone.length, fresh.length); index += 1) pairs.push({ left: gone[index], right: fresh[index] });
    at += run.length;
  }
  return pairs;
}

function manifestTable(object, view, { folded = true, linked = true } = {}) {
  const { firstLine } = object.manifest;
  const marks = marksOf(object);
  const all = linesOf(object.manifest);
  const sides = view === "sides";
  const shown = view === "before" ? all.filter((line) => line.kind !== "new").map((line) => ({ ...line, kind: "same" }))
    : view === "after" ? all.filter((line) => line.kind !== "gone").map((line) => ({ ...line, kind: "same" })) : all;
  const entries = sides ? besideEachOther(shown) : shown.map((line) => ({ left: line }));
  const body = make("tbody");
  const columns = sides ? 4 : view === "changes" ? 4 : 2;
  const isSevere = (entry) => (view === "after" ? undefined : marks.reached.get(entry.left?.before));
  const matters = entries.map((entry) => entry.left?.kind !== "same" || isSevere(entry) !== undefined);
  const near = matters.map((_, index) => matters.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(Boolean));
  const draw = (entry) => {
    const severity = isSevere(entry);
    const cells = sides
      ? [numberCell(entry.left, "before", firstLine), codeCell(entry.left), numberCell(entry.right, "after", firstLine), codeCell(entry.right)]
      : view === "changes"
        ? [numberCell(entry.left, "before", firstLine), numberCell(entry.left, "after", firstLine), signCell(entry.left), codeCell(entry.left)]
        : [numberCell(entry.left, view, firstLine), codeCell(entry.left)];
    const rows = [make("tr", { class: severity ? `marked ${severity}` : null }, ...cells)];
    for (const finding of (view === "after" ? undefined : marks.begins.get(entry.left?.before)) ?? []) {
      rows.push(make("tr", { class: `note ${finding.severity}${finding.suppressed ? " is-suppressed" : ""}`, "data-note": finding.fingerprint },
        make("td", { colspan: columns }, make(linked ? "a" : "span", { href: linked ? linkTo({ finding: finding.fingerprint }) : null },
          icon(finding.severity), make("b", {}, finding.rule), " ", finding.message))));
    }
    return rows;
  };
  const fold = folded && view !== "after";
  for (let at = 0; at < entries.length;) {
    let end = at;
    while (fold && end < entries.length && !near[end]) end += 1;
    if (end - at >= SHORTEST_FOLD) {
      body.append(foldRow(entries.slice(at, end), columns, draw, linked));
      at = end;
    } else {
      body.append(...draw(entries[at]));
      at += 1;
    }
  }
  const heads = sides ? ["Line before", "Before", "Line after", "After"] : view === "changes" ? ["Line before", "Line after", "Change", "Text"] : ["Line", "Text"];
  const widths = sides ? ["line", "code", "line", "code"] : view === "changes" ? ["line", "line", "sign", "code"] : ["line", "code"];
  return make("table", { class: `manifest ${view}` }, make("caption", { class: "unseen" }, `Manifest of ${object.title}`),
    make("colgroup", {}, ...widths.map((width) => make("col", { class: width }))),
    make("thead", { class: "unseen" }, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), body);
}

function foldRow(entries, columns, draw, linked) {
  const words = `${counted(entries.length, "line")} that stay${entries.length === 1 ? "s" : ""} as ${entries.length === 1 ? "it is" : "they are"}`;
  const row = make("tr", { class: "fold" });
  const open = () => row.replaceWith(...entries.flatMap(draw));
  row.append(make("td", { colspan: columns }, linked ? make("button", { type: "button", onclick: open }, `Show ${words}`) : `⋯ ${words}`));
  return row;
}
