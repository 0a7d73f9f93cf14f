// A policy that does nothing, in JavaScript and without an SDK.

export function describe() {
  return { name: "idle", title: "Does nothing", rules: [], settingsSchema: "{}", reads: [], extra: [] };
}

export function checkSettings() {}

export function review() {
  return [];
}
