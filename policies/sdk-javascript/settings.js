// Settings: defaults filled in, and what of them is wrong.

/**
 * A setting as a JSON Schema; what is left out is not checked here, but by the gate.
 *
 * @typedef {object} Setting
 * @property {"string" | "integer" | "number" | "boolean" | "array" | "object"} type
 * @property {string} description what it is for
 * @property {unknown} default what it is if nobody sets it
 */

/**
 * The settings with the defaults of those that nobody set.
 *
 * @param {Record<string, Setting & Record<string, unknown>>} schema
 * @param {Record<string, unknown>} settings
 * @returns {Record<string, unknown>}
 */
export function withDefaults(schema, settings) {
  const defaults = Object.fromEntries(Object.entries(schema).map(([name, setting]) => [name, setting.default]));
  return { ...defaults, ...settings };
}

/**
 * The first setting that is none.
 *
 * @param {Record<string, unknown>} schema
 * @param {unknown} settings
 * @returns {string | undefined}
 */
export function check(schema, settings) {
  const known = Object.keys(schema);
  const unknown = Object.keys(/** @type {object} */ (settings)).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const there = known.length === 0 ? "there are none" : `there are ${known.join(", ")}`;
  return `unknown setting ${unknown}; ${there}`;
}
