// Write admission policies for tidegate in JavaScript or TypeScript.
//
// A policy is a pure function from a request to findings, and a finding may carry its fix:
//
//     import { definePolicy, edit, finding, raw } from "./sdk/tidegate.js";
//
//     export const { describe, checkSettings, review } = definePolicy({
//       name: "min-ready-seconds",
//       title: "A rollout waits until each server has been ready for a while",
//       kinds: ["StatefulSet"],
//       rules: { SHOP001: { title: "a rollout does not wait for a server to be warm", severity: "medium" } },
//       review(request) {
//         const seconds = raw.at("/spec/minReadySeconds") ?? 0;
//         if (seconds >= 10) return [];
//         return [
//           finding("SHOP001", "/spec", "a rollout replaces the next server as soon as one is ready", {
//             help: "Set minReadySeconds to 10 or more",
//             fix: [edit.set("/spec/minReadySeconds", 10)],
//           }),
//         ];
//       },
//     });
//
// Three things to know:
//
// * Unknown is an answer: `undefined` is what nobody can say, `null` is what is certainly not there.
// * Credentials are withheld: a policy sees that a variable holds one, never which.
// * Everything is fresh: each review runs in an instance of its own, nothing is remembered.

import "./absent.js";

export * as cluster from "./cluster.js";
export { join } from "./pointer.js";
export { definePolicy } from "./policy.js";
export { edit, finding } from "./finding.js";
export * as quantity from "./quantity.js";
export * as raw from "./raw.js";
export {
  appendOptions,
  atLeast,
  backups,
  claim,
  option,
  plain,
  servers,
  switchedOn,
  variable,
  volume,
} from "./workload.js";
