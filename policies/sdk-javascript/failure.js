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
 * What a function gives back; an exception becomes one line, with the file and line that threw it.
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
    const place = /\(?([^\s(/]+:\d+)(?::\d+)?\)?/.exec(error.stack ?? "")?.[1];
    throw `${error.name}: ${error.message}${place === undefined ? "" : ` (${place})`}`;
  }
}
