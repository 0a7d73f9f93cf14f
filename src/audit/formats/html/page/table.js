// The table of findings, a page at a time, and what stands above and below it.

const ON_A_PAGE = 100;
const COLUMNS = [
  ["severity", "Severity"],
  ["rule", "Rule"],
  ["message", "Finding"],
  ["object", "Object"],
  ["namespace", "Namespace"],
  ["place", "Place"],
  ["consequence", "At the gate"],
];

function drawTable(state, fitting) {
  const pages = Math.max(1, Math.ceil(fitting.length / ON_A_PAGE));
  const page = Math.min(state.page, pages);
  const first = (page - 1) * ON_A_PAGE;
  drawHeads(state);
  byId("rows").replaceChildren(...fitting.slice(first, first + ON_A_PAGE).map(row));
  byId("findings").hidden = fitting.length === 0;
  byId("none").hidden = fitting.length > 0;
  drawPages(page, pages);
  drawChosen(state);
  const all = findings.filter((finding) => state.suppressed || !finding.suppressed).length;
  const number = fitting.length === all ? counted(all, "finding") : `${grouped(fitting.length)} of ${counted(all, "finding")}`;
  const shown = pages > 1 ? `, ${grouped(first + 1)} to ${grouped(Math.min(first + ON_A_PAGE, fitting.length))} shown` : "";
  if (byId("count").textContent !== number + shown) byId("count").textContent = number + shown;
}

function drawHeads(state) {
  const current = sortKey(state.sort);
  const focused = document.activeElement?.dataset?.sort;
  byId("heads").replaceChildren(...COLUMNS.map(([key, title]) => {
    const descending = state.sort.startsWith("-");
    const direction = key === current ? (descending ? "descending" : "ascending") : undefined;
    // The worst come first when severity is chosen anew; everything else begins at A.
    const next = key === current ? (descending ? key : `-${key}`) : key === "severity" ? DEFAULT_SORT : key;
    const arrow = make("span", { class: "arrow", "aria-hidden": "true" }, direction ? (descending ? "↓" : "↑") : "↕");
    const button = make("button", { type: "button", "data-sort": key, onclick: () => go({ sort: next, page: 1 }) }, title, arrow);
    return make("th", { scope: "col", role: "columnheader", class: `c-${key}`, "aria-sort": direction }, button);
  }));
  if (focused) byId("heads").querySelector(`[data-sort="${focused}"]`)?.focus();
  byId("order").value = state.sort in SORTS || state.sort === DEFAULT_SORT ? state.sort : current === "severity" ? DEFAULT_SORT : current;
}

function row(finding) {
  const { object } = finding;
  const address = linkTo({ object: object.key, finding: finding.fingerprint, page: state.page });
  const cell = (key, ...children) => make("td", { role: "cell", class: `c-${key}` }, ...children);
  return make("tr", { role: "row", class: finding.suppressed ? "is-suppressed" : null },
    cell("severity", severityMark(finding.severity)),
    cell("rule", make("span", { title: report.rules[finding.rule] }, finding.rule)),
    cell("message", make("a", { href: address }, finding.message),
      finding.suppressed && make("span", { class: "suppressed" }, finding.suppressed)),
    cell("object", make("span", { class: "kind" }, object.kind), " ", make("bdi", {}, object.name || object.title)),
    cell("namespace", make("bdi", {}, object.namespace)),
    cell("place", make("bdi", {}, ...breakable(finding.place))),
    cell("consequence", make("span", { class: `consequence ${finding.consequence}` }, CONSEQUENCES.get(finding.consequence).title)));
}

function drawPages(page, pages) {
  const nav = byId("pages");
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset.step : undefined;
  const step = (name, to, title) => make("button", {
    type: "button", "data-step": name, disabled: to < 1 || to > pages || to === page,
    onclick: () => {
      go({ page: to });
      byId("results").scrollIntoView();
    },
  }, title);
  nav.hidden = pages === 1;
  nav.replaceChildren(step("first", 1, "First"), step("previous", page - 1, "Previous"),
    make("span", { "aria-current": "page" }, `Page ${grouped(page)} of ${grouped(pages)}`),
    step("next", page + 1, "Next"), step("last", pages, "Last"));
  if (focused) (nav.querySelector(`[data-step="${focused}"]:enabled`) ?? nav.querySelector("button:enabled"))?.focus();
}

// A path may break behind each slash, its line number never.
function breakable(place) {
  const [, path, line] = /^(.*?)(:\d+)?$/s.exec(place);
  const parts = path.split(/(?<=\/)/).flatMap((part) => [part, make("wbr")]);
  return line ? [...parts, make("span", { class: "whole" }, line)] : parts;
}

// Every filter in force can be taken away one by one.
function drawChosen(state) {
  const box = byId("chosen");
  const hadFocus = box.contains(document.activeElement);
  const chips = Object.keys(FACETS).flatMap((facet) => state[facet].map((value) => {
    const shown = facet === "consequence" ? CONSEQUENCES.get(value)?.title ?? value : value || "no namespace";
    return make("button", { type: "button", class: "chip", "aria-label": `Take away the filter ${shown}`, onclick: () => toggle(facet, value) },
      shown, make("span", { "aria-hidden": "true" }, "×"));
  }));
  if (chips.length > 0 || state.search) {
    chips.push(make("button", { type: "button", class: "quiet", id: "clear", onclick: clear }, "Clear all"));
  }
  box.replaceChildren(...chips);
  box.hidden = chips.length === 0;
  if (hadFocus) (box.querySelector("button") ?? byId("query")).focus();
}

function clear() {
  byId("query").value = "";
  go({ search: "", page: 1, ...Object.fromEntries(Object.keys(FACETS).map((facet) => [facet, []])) });
  byId("query").focus();
}

// Arrow keys, Home and End go from finding to finding.
function moveInTable(event) {
  const links = [...byId("rows").querySelectorAll(".c-message a")];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  links[Math.min(Math.max(to, 0), links.length - 1)].focus();
}

function startTable() {
  const query = byId("query");
  query.addEventListener("input", () => go({ search: query.value, page: 1 }, { replace: true }));
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  byId("order").addEventListener("change", (event) => go({ sort: event.target.value, page: 1 }));
  byId("suppressed").addEventListener("change", (event) => go({ suppressed: event.target.checked, page: 1 }));
  byId("reset").addEventListener("click", clear);
  byId("findings").addEventListener("keydown", moveInTable);
  // The whole row is a target for the pointer; the link in it is the one for everybody else.
  byId("rows").addEventListener("click", (event) => {
    const link = event.target.closest("tr")?.querySelector("a");
    if (link && !event.target.closest("a") && String(getSelection()) === "") link.click();
  });
  const suppressed = findings.filter((finding) => finding.suppressed).length;
  byId("suppressed-label").hidden = suppressed === 0;
  byId("suppressed-label").querySelector("span").textContent = `Also ${grouped(suppressed)} suppressed`;
}
