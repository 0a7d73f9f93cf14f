// A rollout waits until each server has been ready for a while.

import { definePolicy, edit, finding, raw, servers } from "./sdk/tidegate.js";

export const { describe, checkSettings, review } = definePolicy({
  name: "{{name}}",
  title: "A rollout waits until each server has been ready for a while",
  kinds: ["StatefulSet"],
  // Nothing but MySQL waits for it.
  concern: "mysql",
  rules: {
    // The id is stable: exceptions and reports name it.
    {{rule}}: { title: "a rollout does not wait for a server to be warm", severity: "medium" },
  },
  settings: {
    leastSeconds: { type: "integer", minimum: 0, maximum: 600, default: 10, description: "The fewest seconds." },
  },

  review(request, settings) {
    // What the typed workload lacks is pulled from the object.
    const seconds = raw.at("/spec/minReadySeconds") ?? 0;
    const least = settings.leastSeconds;
    if (servers(request.workload).length === 0 || seconds >= least) return [];
    return [
      finding("{{rule}}", "/spec", `a rollout replaces the next server ${seconds} seconds after one is ready`, {
        help: `Set minReadySeconds to ${least} or more`,
        fix: [edit.set("/spec/minReadySeconds", least)],
      }),
    ];
  },
});
