// Kubernetes quantities, such as `500Mi` or `2Gi`.

// apimachinery, resource.Quantity: decimal and binary suffixes.
/** @type {Record<string, number>} */
const FACTORS = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A quantity as a number, in bytes or whatever is counted; `undefined` if it is none, or negative.
 *
 * @example
 * bytes("2Gi") // 2147483648
 * bytes("500m") // 0.5
 * bytes("much") // undefined
 *
 * @param {unknown} quantity
 * @returns {number | undefined}
 */
export function bytes(quantity) {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(quantity).trim());
  if (parts === null) return undefined;
  const factor = FACTORS[parts[2]];
  const number = Number(parts[1]);
  return factor === undefined || !Number.isFinite(number) || number < 0 ? undefined : number * factor;
}
