// What a policy does not have: a clock, and somewhere to write. The engine under it would crash without a word; here
// the author is told, with the line.

/**
 * A function that says that it is not there.
 *
 * @param {string} name
 * @param {string} why
 */
const absent = (name, why) => () => {
  throw new Error(`${name}: ${why}`);
};

const SILENT = "a policy can write nowhere; put what you want to see into a finding's message while you try";
const TIMELESS = "a policy has no clock: the same request gets the same answer at any time";

const world = /** @type {any} */ (globalThis);
world.print = absent("print", SILENT);
world.console = Object.fromEntries(
  ["debug", "error", "info", "log", "trace", "warn"].map((name) => [name, absent(`console.${name}`, SILENT)]),
);
Date.now = absent("Date.now", TIMELESS);
world.Date = new Proxy(Date, {
  apply: absent("Date()", TIMELESS),
  construct(target, values) {
    if (values.length === 0) absent("new Date()", TIMELESS)();
    return Reflect.construct(target, values);
  },
});
