// One object: its findings beside its manifest.

const VIEW_TITLES = { changes: "Changes", sides: "Side by side", before: "As it is", after: "As repaired" };

function findingCard(finding, { linked = true } = {}) {
  const { object } = finding;
  const line = finding.lines && object.line !== undefined ? `line ${finding.lines[0]}, ${finding.at}` : finding.at;
  const note = (title, content) => content && make("div", {}, make("dt", {}, title), make("dd", {}, content));
  return make("li", { class: `card ${finding.severity}${finding.suppressed ? " is-suppressed" : ""}`, "data-card": finding.fingerprint, tabindex: linked ? "-1" : null },
    make("p", { class: "card-head" }, severityMark(finding.severity), make("b", {}, finding.rule),
      make("span", { class: `consequence ${finding.consequence}` }, finding.suppressed ? "Suppressed" : CONSEQUENCES.get(finding.consequence).title)),
    make("h3", {}, finding.message),
    finding.help && make("p", { class: "help" }, finding.help),
    finding.snippet && make("pre", { class: "snippet" }, finding.snippet[0], make("mark", {}, finding.snippet[1]), finding.snippet[2]),
    make("dl", {},
      note("Where", linked && finding.lines && object.manifest ? make("a", { href: linkTo({ finding: finding.fingerprint }) }, line) : line),
      note("At the gate", `Policy ${finding.policy}: ${CONSEQUENCES.get(finding.consequence).meaning}`),
      note("Not repaired", finding.obstacle),
      note("Not excepted", finding.unexcepted),
      note("Suppressed", finding.suppressed),
      note("There since", finding.since)));
}

const failureCard = (failure) => make("li", { class: "card failure" },
  make("h3", {}, `Policy ${failure.policy} could not judge this object`),
  make("p", { class: "help" }, `${failure.message}; ${failure.denies ? "the gate would refuse it" : "the gate would let it pass"}`));

const objectHead = (object) => [
  make("h2", { id: "object-title", tabindex: "-1" }, make("bdi", {}, object.title)),
  make("p", { class: "object-facts" }, make("span", { class: `outcome ${object.outcome}` }, object.said), " ",
    make("bdi", { class: "place" }, placeOf(object))),
];

function drawObject(object, state, fitting) {
  const neighbours = [...new Set(fitting.map((finding) => finding.object))];
  const at = neighbours.indexOf(object);
  const neighbour = (step, title) => at >= 0 && neighbours[at + step]
    ? make("a", { class: "step", href: linkTo({ object: neighbours[at + step].key, finding: "" }), rel: step < 0 ? "prev" : "next" }, title)
    : make("span", { class: "step", "aria-disabled": "true" }, title);
  const shown = object.findings.filter((finding) => state.suppressed || !finding.suppressed || finding.fingerprint === state.finding);
  const hidden = object.findings.length - shown.length;
  const cards = make("ol", { class: "cards" }, ...shown.map((finding) => findingCard(finding)), ...object.failures.map(failureCard));
  const more = hidden > 0 && make("button", { type: "button", class: "quiet", onclick: () => go({ suppressed: true }) }, `Also ${grouped(hidden)} suppressed`);
  byId("object-view").replaceChildren(
    make("nav", { class: "object-nav", "aria-label": "Objects" },
      make("a", { id: "back", href: linkTo({ object: "", finding: "" }) }, make("span", { "aria-hidden": "true" }, "← "), "All findings"),
      make("span", { class: "steps" }, neighbour(-1, "Previous object"), at >= 0 && make("span", {}, `${grouped(at + 1)} of ${grouped(neighbours.length)}`), neighbour(1, "Next object"))),
    make("header", {}, ...objectHead(object)),
    make("div", { class: object.manifest ? "beside" : "alone" },
      make("section", { "aria-label": "Findings of this object" }, cards, more),
      object.manifest && make("section", { class: "paper", "aria-label": "Manifest" }, viewChoice(object, state), manifestTable(object, viewOf(object, state)))));
}

// What is not repaired has nothing to compare.
const viewOf = (object, state) => (object.manifest.changes.length === 0 ? "before" : state.view);

function viewChoice(object, state) {
  if (object.manifest.changes.length === 0) return make("p", { class: "views" }, "As it is: the gate repairs nothing here");
  return make("div", { class: "views", role: "group", "aria-label": "How the manifest is shown" }, ...VIEWS.map((view) =>
    make("button", { type: "button", "data-view": view, "aria-pressed": String(view === state.view), onclick: () => {
      go({ view, finding: "" }, { replace: true });
      document.querySelector(`[data-view="${view}"]`)?.focus();
    } }, VIEW_TITLES[view])));
}

// Brings a finding into view, both its words and its line.
function pointAt(fingerprint, fresh) {
  const card = byId("object-view").querySelector(`[data-card="${CSS.escape(fingerprint)}"]`);
  const note = byId("object-view").querySelector(`[data-note="${CSS.escape(fingerprint)}"]`);
  for (const one of [card, note]) one?.classList.add("pointed");
  // As far up as the line allows: the object's name is up there.
  if (fresh) scrollTo(0, 0);
  note?.scrollIntoView({ block: "nearest" });
  card?.focus({ preventScroll: Boolean(note) && matchMedia("(min-width: 60rem)").matches });
  return Boolean(card);
}
