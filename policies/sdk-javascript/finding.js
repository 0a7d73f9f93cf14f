// Building findings and the steps of their repair.

import { check } from "./answer.js";

/** @typedef {import("tidegate:policy/types@1.0.0").Edit} Edit */
/** @typedef {import("tidegate:policy/types@1.0.0").Severity} Severity */

/**
 * A finding before its rule's severity is known: `definePolicy` fills it in.
 *
 * @typedef {object} Draft
 * @property {string} rule
 * @property {string} at
 * @property {string} message
 * @property {Severity} [severity]
 * @property {string} [help]
 * @property {Edit[]} fix
 */

/**
 * What is wrong at a place of the object. The message is a sentence without a full stop, in the
 * author's words. It names no secret.
 *
 * @example
 * finding("SHOP001", "/spec", "nothing waits").fix // []
 *
 * @param {string} rule one of the policy's rules
 * @param {string} at where it is, a JSON Pointer into the object
 * @param {string} message what is wrong
 * @param {object} [more]
 * @param {string} [more.help] what the author must do, and what happens otherwise
 * @param {Severity} [more.severity] how bad it is here, if that is less than the rule says
 * @param {Edit[]} [more.fix] the repair; without it a person must decide
 * @returns {Draft}
 */
export function finding(rule, at, message, more = {}) {
  const found = { rule, at, message, severity: more.severity, help: more.help, fix: more.fix ?? [] };
  check(found);
  return found;
}

/** The steps of a repair. */
export const edit = {
  /**
   * Sets the value at a place, and makes its parents as objects where they are missing.
   *
   * @example
   * edit.set("/spec/strategy", { type: "Recreate" }) // { tag: "set", val: ["/spec/strategy", '{"type":"Recreate"}'] }
   *
   * @param {string} at
   * @param {unknown} value
   * @returns {Edit}
   */
  set: (at, value) => ({ tag: "set", val: [at, json("edit.set", value)] }),
  /**
   * Takes the value at a place away. It must be there.
   *
   * @param {string} at
   * @returns {Edit}
   */
  remove: (at) => ({ tag: "remove", val: at }),
  /**
   * Appends to the list at a place, and makes the list and its parents where they are missing.
   *
   * @param {string} at
   * @param {unknown} value
   * @returns {Edit}
   */
  append: (at, value) => ({ tag: "append", val: [at, json("edit.append", value)] }),
  /**
   * Moves a literal environment variable into a Secret, whose name tidegate chooses.
   *
   * @param {import("tidegate:policy/types@1.0.0").EnvVar} variable
   * @returns {Edit}
   */
  moveToSecret: (variable) => ({ tag: "move-to-secret", val: { variable: variable.at } }),
};

/**
 * A value as JSON.
 *
 * @param {string} function_ who wants it
 * @param {unknown} value
 */
function json(function_, value) {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${function_} was given ${typeof value}; give what JSON can hold, or use edit.remove`);
  return text;
}
