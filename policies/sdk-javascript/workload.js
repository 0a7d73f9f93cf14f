// Looking around in the typed workload.

/** @typedef {import("tidegate:policy/types@1.0.0").Workload} Workload */
/** @typedef {import("tidegate:policy/types@1.0.0").Container} Container */
/** @typedef {import("tidegate:policy/types@1.0.0").Server} Server */
/** @typedef {import("tidegate:policy/types@1.0.0").EnvVar} EnvVar */
/** @typedef {import("tidegate:policy/types@1.0.0").Edit} Edit */

import { edit } from "./finding.js";

/**
 * The containers that run a MySQL or MariaDB server.
 *
 * @param {Workload | undefined} workload
 * @returns {{ container: Container, server: Server }[]}
 */
export function servers(workload) {
  return (workload?.containers ?? []).flatMap((container) =>
    container.role.tag === "server" ? [{ container, server: container.role.val }] : [],
  );
}

/**
 * The containers that copy a server's data, for instance by `mysqldump` or xtrabackup.
 *
 * @param {Workload | undefined} workload
 * @returns {Container[]}
 */
export function backups(workload) {
  return (workload?.containers ?? []).filter((container) => container.role.tag === "backup");
}

/**
 * The environment variable of a name. The last one counts, as in Kubernetes.
 *
 * @param {Container} container
 * @param {string} name
 * @returns {EnvVar | undefined}
 */
export function variable(container, name) {
  return container.env.filter((own) => own.name === name).at(-1);
}

/**
 * The literal value of a variable; `undefined` if it has none, or is or may be a credential.
 *
 * @param {EnvVar | undefined} own
 * @returns {string | undefined}
 */
export function plain(own) {
  return own?.value?.tag === "plain" ? own.value.val : undefined;
}

/**
 * The volume of a name.
 *
 * @param {Workload} workload
 * @param {string} name
 */
export function volume(workload, name) {
  return workload.volumes.find((own) => own.name === name);
}

/**
 * The claim template of a name.
 *
 * @param {Workload} workload
 * @param {string} name
 */
export function claim(workload, name) {
  return workload.claims.find((own) => own.name === name);
}

/**
 * Whether the server's version is at least this one; `undefined` if its tag does not tell.
 *
 * @example
 * atLeast({ version: { major: 8 } }, 8, 0) // true
 * atLeast({ version: { major: 8 } }, 8, 4) // undefined
 *
 * @param {Server} server
 * @param {number} major
 * @param {number} minor
 * @returns {boolean | undefined}
 */
export function atLeast(server, major, minor) {
  const own = server.version;
  if (own === undefined) return undefined;
  if (own.major !== major) return own.major > major;
  // Every version of a major is at least its minor 0.
  if (minor === 0) return true;
  return own.minor === undefined ? undefined : own.minor >= minor;
}

/**
 * An option that is known to reach the server; the last of a name counts. There may be options that
 * are not seen: `server.optionFiles` says so.
 *
 * @param {Server} server
 * @param {string} name with dashes: `character-set-server`
 */
export function option(server, name) {
  return server.options.filter((own) => own.name === name).at(-1);
}

/**
 * Whether a switch is on (`--name`, `--name=1`) or off (`--skip-name`, `--name=0`); `undefined` if no
 * option that is seen says it.
 *
 * @example
 * switchedOn({ options: [{ name: "skip-log-bin" }] }, "log-bin") // false
 * switchedOn({ options: [] }, "log-bin") // undefined
 *
 * @param {Server} server
 * @param {string} name
 * @returns {boolean | undefined}
 */
export function switchedOn(server, name) {
  const on = [name, `enable-${name}`];
  const off = [`skip-${name}`, `disable-${name}`];
  const own = server.options.filter((option) => on.includes(option.name) || off.includes(option.name)).at(-1);
  if (own === undefined || own.value?.includes("$")) return undefined;
  const isOn = !["0", "off", "false", "no"].includes(own.value?.toLowerCase() ?? "");
  return isOn !== off.includes(own.name);
}

/**
 * The steps that append options to the server's command line; `undefined` if there is no place for
 * them.
 *
 * @example
 * appendOptions({ optionsAt: undefined }, ["--skip-name-resolve"]) // undefined
 *
 * @param {Server} server
 * @param {string[]} options for instance `--character-set-server=utf8mb4`
 * @returns {Edit[] | undefined}
 */
export function appendOptions(server, options) {
  const list = server.optionsAt;
  return list === undefined ? undefined : options.map((own) => edit.append(list, own));
}
