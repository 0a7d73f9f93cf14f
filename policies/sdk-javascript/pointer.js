// Places in an object: JSON Pointers of RFC 6901.

/**
 * A place below another one: `join(container.at, "livenessProbe", "periodSeconds")`.
 *
 * @example
 * join("/metadata/labels", "app.kubernetes.io/name") // "/metadata/labels/app.kubernetes.io~1name"
 * join("/spec/containers", 0) // "/spec/containers/0"
 *
 * @param {string} base the pointer to begin at; the empty text is the whole object
 * @param {...(string | number)} steps names of fields and numbers of items
 * @returns {string}
 */
export function join(base, ...steps) {
  return [base, ...steps.map((step) => escape(String(step)))].join("/");
}

/** @param {string} step */
function escape(step) {
  // The order matters: the tilde of `~1` must not be escaped again (RFC 6901, section 4).
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
