// On paper everything is open: the findings that are shown, each object with its manifest.

const MOST_WHOLE = 3000; // lines of manifests; beyond that only what changes or is marked is printed, with its context

let opened = [];

function drawForPrint() {
  const { fitting } = select(state);
  const wanted = state.object ? [objectsByKey.get(state.object)] : [...new Set(fitting.map((finding) => finding.object))];
  const shown = new Set(fitting);
  const lines = wanted.reduce((all, object) => all + (object?.manifest?.lines.length ?? 0), 0);
  byId("print-view").replaceChildren(...wanted.filter(Boolean).map((object) => {
    const cards = object.findings.filter((finding) => state.object ? state.suppressed || !finding.suppressed : shown.has(finding));
    return make("article", {}, ...objectHead(object, { linked: false }),
      make("ol", { class: "cards" }, ...cards.map((finding) => findingCard(finding, { linked: false })), ...object.failures.map((failure) => failureCard(failure, { linked: false }))),
      object.manifest && manifestTable(object, object.manifest.changes.length === 0 ? "before" : "changes", { folded: lines > MOST_WHOLE, linked: false }));
  }));
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
}

function tidyAfterPrint() {
  byId("print-view").replaceChildren();
  for (const details of opened) details.open = false;
}
