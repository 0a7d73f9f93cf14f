// The object under review, for what the typed workload lacks.

import * as host from "tidegate:policy/raw@1.0.0";

import { parsed } from "./option.js";

/**
 * The value at a place of the object; `undefined` if there is nothing.
 *
 * @param {string} pointer
 * @returns {any}
 */
export function at(pointer) {
  return parsed(host.at(pointer));
}

/**
 * The whole object. Credentials are withheld: in their place stands `<withheld>`.
 *
 * @returns {any}
 */
export function object() {
  return JSON.parse(host.object());
}

/**
 * The object as it is stored now; `undefined` unless it is updated.
 *
 * @returns {any}
 */
export function oldObject() {
  return parsed(host.oldObject());
}

/**
 * The option files in a ConfigMap under review: entries that hold a group such as `[mysqld]`.
 *
 * @returns {import("tidegate:policy/types@1.0.0").OptionFile[]}
 */
export function optionFiles() {
  return host.optionFiles();
}
