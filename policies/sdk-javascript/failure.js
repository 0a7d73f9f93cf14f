// Mistakes of a policy that show while it judges: told to the host as the review's error afterwards.

/** @type {string | undefined} */
let first;

/** @param {string} text */
export function record(text) {
  first ??= text;
}

/** The first mistake, if there was one. */
export function taken() {
  const text = first;
  first = undefined;
  return text;
}

/**
 * What a function gives back; an exception becomes one line, with the file and line of the policy that it came from.
 *
 * @template T
 * @param {() => T} function_
 * @returns {T}
 */
export function told(function_) {
  try {
    return function_();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const steps = (error.stack ?? "").split("\n");
    const own = steps.filter((step) => !step.includes("/sdk/"));
    const place = /\(?([^\s(/]+:\d+)(?::\d+)?\)?/.exec(own.join("\n"))?.[1];
    throw `${error.name}: ${error.message}${place === undefined ? "" : ` (${place})`}`;
  }
}
