// Answers of the host that may be missing.

/**
 * What an answer holds; `undefined` if there is none. An option without a value is `undefined` or `null`, as
 * the tool that builds the component has it.
 *
 * @param {string | null | undefined} json
 * @returns {any}
 */
export function parsed(json) {
  return json === undefined || json === null ? undefined : JSON.parse(json);
}
