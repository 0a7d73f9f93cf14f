/// <reference path="./interfaces/tidegate-policy-cluster.d.ts" />
/// <reference path="./interfaces/tidegate-policy-raw.d.ts" />
/// <reference path="./interfaces/tidegate-policy-types.d.ts" />
declare module 'tidegate:policy/policy@1.0.0' {
  export type Description = import('tidegate:policy/types@1.0.0').Description;
  export type Request = import('tidegate:policy/types@1.0.0').Request;
  export type Finding = import('tidegate:policy/types@1.0.0').Finding;
  export type Json = import('tidegate:policy/types@1.0.0').Json;
  export type * as TidegatePolicyCluster100 from 'tidegate:policy/cluster@1.0.0'; // import tidegate:policy/cluster@1.0.0
  export type * as TidegatePolicyRaw100 from 'tidegate:policy/raw@1.0.0'; // import tidegate:policy/raw@1.0.0
  export type * as TidegatePolicyTypes100 from 'tidegate:policy/types@1.0.0'; // import tidegate:policy/types@1.0.0
  /**
  * What the policy is. Called once when it is loaded; it must be the same each time.
  */
  export function describe(): Description;
  /**
  * Whether settings that fit the schema also make sense together. The error is for the person
  * who wrote them.
  */
  export function checkSettings(settings: Json): void;
  /**
  * Judges one request. An error is the policy's own failure, not the object's.
  */
  export function review(request: Request, settings: Json): Array<Finding>;
  export type Result<T, E> = { tag: 'ok', val: T } | { tag: 'err', val: E };
}
