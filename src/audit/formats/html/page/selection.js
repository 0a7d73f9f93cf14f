// Which findings are shown, in which order, and how many there would be with one filter more or less.

const collator = new Intl.Collator("en", { numeric: true });
const byText = (text) => (one, other) => collator.compare(text(one), text(other));
const worstFirst = (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
const consequences = [...CONSEQUENCES.keys()];

// Each compares two findings, ascending; those of one severity are "smaller" the less severe they are.
const SORTS = {
  severity: (one, other) => worstFirst(other, one),
  rule: byText((finding) => finding.rule),
  message: byText((finding) => finding.message),
  object: byText((finding) => finding.object.title),
  namespace: byText((finding) => finding.object.namespace),
  place: byText((finding) => finding.place),
  consequence: (one, other) => consequences.indexOf(one.consequence) - consequences.indexOf(other.consequence),
};
const sortKey = (sort) => sort.replace(/^-/, "");

// Sorting is for once: what is searched for is only left out.
const sorted = new Map();
function inOrder(sort) {
  if (!sorted.has(sort)) {
    const compare = SORTS[sortKey(sort)];
    const direction = sort.startsWith("-") ? -1 : 1;
    sorted.set(sort, findings.toSorted((one, other) =>
      direction * compare(one, other) || worstFirst(one, other) || one.index - other.index));
  }
  return sorted.get(sort);
}

// The findings that fit, and for each facet the numbers by value and severity of those that fit all other facets.
function select(state) {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const facets = Object.entries(FACETS).map(([name, valueOf]) => ({ name, valueOf, wanted: new Set(state[name]) }));
  const numbers = Object.fromEntries(facets.map(({ name }) => [name, new Map()]));
  const fitting = [];
  for (const finding of inOrder(state.sort)) {
    if (finding.suppressed && !state.suppressed) continue;
    if (!words.every((word) => finding.words.includes(word))) continue;
    const failing = facets.filter(({ valueOf, wanted }) => wanted.size > 0 && !wanted.has(valueOf(finding)));
    if (failing.length === 0) fitting.push(finding);
    if (failing.length > 1) continue;
    for (const { name, valueOf } of failing.length === 1 ? failing : facets) {
      const value = valueOf(finding);
      if (!numbers[name].has(value)) numbers[name].set(value, SEVERITIES.map(() => 0));
      numbers[name].get(value)[SEVERITIES.indexOf(finding.severity)] += 1;
    }
  }
  return { fitting, numbers };
}
