// From a policy as its author writes it to the functions of the contract.

import { checked } from "./answer.js";
import { taken, told } from "./failure.js";
import { check, withDefaults } from "./settings.js";

/** @typedef {import("tidegate:policy/types@1.0.0").Request} Request */
/** @typedef {import("tidegate:policy/types@1.0.0").Finding} Finding */
/** @typedef {import("tidegate:policy/types@1.0.0").Severity} Severity */
/** @typedef {import("tidegate:policy/types@1.0.0").ResourceType} ResourceType */
/** @typedef {import("./finding.js").Draft} Draft */

/**
 * A policy: what it says of itself, and its judgement.
 *
 * @template {Record<string, import("./settings.js").Setting>} [Settings={}]
 * @typedef {object} Policy
 * @property {string} name the policy's name, in the form of a DNS label
 * @property {string} title one line for people: what it sees to
 * @property {Record<string, { title: string, severity: Severity }>} rules what its findings name
 * @property {string[]} [kinds] the kinds of objects that it judges: `Ingress`, or
 *   `Certificate.cert-manager.io` where the group matters, or `*` for whatever the policy's document
 *   names; without it, those that run pods
 * @property {"mysql" | "everything"} [concern] whether it judges only what has to do with MySQL, or
 *   everything of its kinds, which is the default
 * @property {ResourceType[]} [reads] what it asks the cluster for
 * @property {Settings} [settings] each setting as a JSON Schema with its default and a description
 * @property {(settings: import("./settings.js").Values<Settings>) => string | undefined} [check] what
 *   is wrong with settings that fit their schemas, for the person who wrote them
 * @property {(request: Request, settings: import("./settings.js").Values<Settings>) => Draft[]} review judges one object; it gives
 *   the same findings for the same request, and none any more for what its own fixes have made of it
 */

/**
 * The functions that a policy's component exports.
 *
 * @template {Record<string, import("./settings.js").Setting>} [Settings={}]
 * @param {Policy<Settings>} policy
 */
export function definePolicy(policy) {
  const settingsOf = (/** @type {string} */ json) =>
    /** @type {import("./settings.js").Values<Settings>} */ (withDefaults(policy.settings ?? {}, JSON.parse(json) ?? {}));

  return {
    /** What the policy says of itself. */
    describe() {
      return {
        name: policy.name,
        title: policy.title,
        rules: Object.entries(policy.rules).map(([id, rule]) => ({ id, ...rule })),
        settingsSchema: JSON.stringify({
          $schema: "https://json-schema.org/draft/2020-12/schema",
          type: "object",
          properties: policy.settings ?? {},
          additionalProperties: false,
        }),
        reads: policy.reads ?? [],
        extra: /** @type {[string, string][]} */ ([
          ...(policy.kinds ? [["kinds", JSON.stringify(policy.kinds)]] : []),
          ["concern", JSON.stringify(policy.concern ?? "everything")],
        ]),
      };
    },

    /**
     * Whether settings make sense together.
     *
     * @param {string} json
     */
    checkSettings(json) {
      const settings = settingsOf(json);
      const problem = check(policy.settings ?? {}, settings) ?? policy.check?.(settings);
      if (problem) throw problem;
    },

    /**
     * Judges one request.
     *
     * @param {Request} request
     * @param {string} json
     * @returns {Finding[]}
     */
    review(request, json) {
      const drafts = told(() => checked(policy.review(request, settingsOf(json))));
      const failure = taken();
      if (failure !== undefined) throw failure;
      return drafts.map((draft) => {
        const rule = policy.rules[draft.rule];
        if (rule === undefined) throw `the rule ${draft.rule} is not among the policy's rules`;
        return { ...draft, severity: draft.severity ?? rule.severity };
      });
    },
  };
}
