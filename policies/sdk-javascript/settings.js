// Settings: defaults filled in, and what of them is wrong.

/**
 * A setting as a JSON Schema with what every setting has: a description, and what it is if nobody
 * sets it. Whatever else JSON Schema knows may stand beside them (`minimum`, `enum`, `pattern`, …);
 * the gate checks it when the policy is put in force.
 *
 * @typedef {{
 *   type: "string" | "integer" | "number" | "boolean" | "array" | "object",
 *   description: string,
 *   default: unknown,
 *   items?: { type: "string" | "integer" | "number" | "boolean" } & Record<string, unknown>,
 *   [keyword: string]: unknown,
 * }} Setting
 */

/**
 * The type of a value, by the `type` of its schema.
 *
 * @template Type
 * @template Otherwise
 * @typedef {Type extends "boolean" ? boolean : Type extends "integer" | "number" ? number
 *   : Type extends "string" ? string : Otherwise} Simple
 */

/**
 * What settings are once defaults are filled in, by their schemas.
 *
 * @template {Record<string, Setting>} S
 * @typedef {{ [Name in keyof S]: S[Name] extends { type: "array", items: { type: infer Type } }
 *   ? Simple<Type, unknown>[] : Simple<S[Name]["type"], S[Name]["default"]> }} Values
 */

/**
 * The settings with the defaults of those that nobody set.
 *
 * @example
 * withDefaults({ hours: { type: "integer", default: 6, description: "How long." } }, {}) // { hours: 6 }
 *
 * @param {Record<string, Setting>} schema
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
 * @example
 * check({ hours: { type: "integer" } }, { hour: 1 }) // "unknown setting hour; there are hours"
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
