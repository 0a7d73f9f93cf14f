// Other objects: of the cluster, of the files under audit, of a case's fixtures.
//
// A policy may ask for the types that it names in `reads`, and for nothing else. `undefined` is the
// answer where nobody can say: there is no cluster, or it does not answer. No rule should fire then.

import * as host from "tidegate:policy/cluster@1.0.0";

import { record } from "./failure.js";
import { parsed } from "./option.js";

/** @typedef {import("tidegate:policy/types@1.0.0").ResourceType} ResourceType */

/**
 * One object by its name, in the namespace of the request: the object, `null` if it is certain that
 * there is none, `undefined` if nobody can say.
 *
 * @param {ResourceType} type
 * @param {string} name
 * @returns {any}
 */
export function get(type, name) {
  return ask(type, () => parsed(host.get(type.apiVersion, type.kind, name)) ?? null);
}

/**
 * All objects of a type, in the namespace of the request; `undefined` if nobody can say.
 *
 * @param {ResourceType} type
 * @returns {any[] | undefined}
 */
export function find(type) {
  return ask(type, () => host.find(type.apiVersion, type.kind).map((json) => JSON.parse(json)));
}

/**
 * Whether an object is there, without a look into it; `undefined` if nobody can say. Secrets too may
 * be asked for.
 *
 * @param {ResourceType} type
 * @param {string} name
 * @returns {boolean | undefined}
 */
export function exists(type, name) {
  return ask(type, () => host.exists(type.apiVersion, type.kind, name));
}

/**
 * Those objects of a type that can be seen. What is among them is there; from what is not among them
 * nothing follows.
 *
 * @param {ResourceType} type
 * @returns {any[]}
 */
export function seen(type) {
  return ask(type, () => host.seen(type.apiVersion, type.kind).map((json) => JSON.parse(json))) ?? [];
}

/**
 * The same as `seen` for a kind that runs pods, as typed workloads.
 *
 * @param {ResourceType} type
 * @returns {import("tidegate:policy/types@1.0.0").SeenWorkload[]}
 */
export function workloads(type) {
  return ask(type, () => host.workloads(type.apiVersion, type.kind)) ?? [];
}

/**
 * @template T
 * @param {ResourceType} type
 * @param {() => T} question
 * @returns {T | undefined}
 */
function ask(type, question) {
  try {
    return question();
  } catch (error) {
    const tag = /** @type {any} */ (error)?.payload?.tag ?? /** @type {any} */ (error)?.tag;
    if (tag === undefined) throw error;
    if (tag === "not-declared") {
      record(`the policy asks for ${type.apiVersion} ${type.kind}, which its reads lack`);
    }
    return undefined;
  }
}
