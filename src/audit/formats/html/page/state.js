// What is shown is said by the part of the address behind #: a link to it shows the same again.

const FACETS = {
  severity: (finding) => finding.severity,
  consequence: (finding) => finding.consequence,
  namespace: (finding) => finding.object.namespace,
  rule: (finding) => finding.rule,
};
const DEFAULT_SORT = "-severity";
const VIEWS = ["changes", "sides", "before", "after"];

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const state = {
    search: given.get("search") ?? "",
    sort: Object.hasOwn(SORTS, sortKey(given.get("sort") ?? "")) ? given.get("sort") : DEFAULT_SORT,
    page: Math.max(1, Number.parseInt(given.get("page"), 10) || 1),
    suppressed: given.get("suppressed") === "shown",
    object: given.get("object") ?? "",
    finding: given.get("finding") ?? "",
    view: VIEWS.includes(given.get("view")) ? given.get("view") : VIEWS[0],
  };
  for (const facet of Object.keys(FACETS)) state[facet] = given.getAll(facet);
  return state;
}

// The address of a state. What is as it is at the beginning is not said.
function addressOf(state) {
  const said = new URLSearchParams();
  if (state.search) said.set("search", state.search);
  for (const facet of Object.keys(FACETS)) for (const value of state[facet]) said.append(facet, value);
  if (state.sort !== DEFAULT_SORT) said.set("sort", state.sort);
  if (state.page > 1) said.set("page", state.page);
  if (state.suppressed) said.set("suppressed", "shown");
  if (state.object) said.set("object", state.object);
  if (state.finding) said.set("finding", state.finding);
  if (state.object && state.view !== VIEWS[0]) said.set("view", state.view);
  return `#${said.toString() || "all"}`;
}

const linkTo = (change) => addressOf({ ...state, ...change });

// Goes to another state. What is typed letter by letter leaves one entry in the history, not one for each letter.
function go(change, { replace = false } = {}) {
  const address = linkTo(change);
  // A browser may refuse to note addresses, for instance when they change very often: the page works all the same.
  try {
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.hash) history.pushState(null, "", address);
    show();
  } catch {
    show({ ...state, ...change });
  }
}

function toggle(facet, value) {
  const chosen = state[facet].includes(value)
    ? state[facet].filter((one) => one !== value)
    : [...state[facet], value];
  go({ [facet]: chosen, page: 1 });
}
