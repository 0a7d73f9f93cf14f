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
