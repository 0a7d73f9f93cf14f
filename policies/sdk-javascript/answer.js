// What a policy's judgement gives back, looked through before the host reads it: what has another shape would be a
// crash there, without a word of where it came from.

/** @typedef {import("./finding.js").Draft} Draft */

const SEVERITIES = ["info", "low", "medium", "high", "critical"];

/**
 * The findings, if that is what they are.
 *
 * @param {unknown} answer
 * @returns {Draft[]}
 * @throws {TypeError} that says what is there instead
 */
export function checked(answer) {
  if (!Array.isArray(answer)) {
    throw new TypeError(`review gave ${kind(answer)}; give an array of findings, [] if there are none`);
  }
  for (const found of answer) {
    if (typeof found !== "object" || found === null) {
      throw new TypeError(`review gave ${kind(found)} among its findings; make each with finding(…)`);
    }
    check(found);
  }
  return answer;
}

/**
 * Throws for a finding with a part that no finding has.
 *
 * @param {any} found
 */
export function check(found) {
  for (const part of ["rule", "at", "message"]) text(found, part);
  if (found.help !== undefined) text(found, "help");
  if (found.severity !== undefined && !SEVERITIES.includes(found.severity)) {
    throw new TypeError(`the severity of a finding is ${kind(found.severity)}; give one of ${SEVERITIES.join(", ")}`);
  }
  if (!Array.isArray(found.fix) || !found.fix.every(isEdit)) {
    throw new TypeError(`the fix of ${found.rule} is no array of edits; make each with edit.set, edit.remove or edit.append`);
  }
}

/**
 * @param {any} found
 * @param {string} part
 */
function text(found, part) {
  if (typeof found[part] !== "string") {
    throw new TypeError(`the ${part} of a finding is ${kind(found[part])}; give a text`);
  }
}

/** @param {any} edit */
function isEdit(edit) {
  const texts = (/** @type {unknown} */ value) => Array.isArray(value) && value.every((part) => typeof part === "string");
  switch (edit?.tag) {
    case "set":
    case "append":
      return texts(edit.val) && edit.val.length === 2;
    case "remove":
      return typeof edit.val === "string";
    case "move-to-secret":
      return typeof edit.val?.variable === "string";
    default:
      return false;
  }
}

/**
 * What something is, in words that do not show what it holds.
 *
 * @param {unknown} value
 */
function kind(value) {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string" && value.length < 20 && /^[\w-]*$/.test(value)) return `"${value}"`;
  return { string: "a text", object: "an object" }[/** @type {string} */ (typeof value)] ?? `a ${typeof value}`;
}
