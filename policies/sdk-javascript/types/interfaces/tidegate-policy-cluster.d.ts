/// <reference path="./tidegate-policy-types.d.ts" />
declare module 'tidegate:policy/cluster@1.0.0' {
  /**
   * One object by its name, in the request's namespace if its kind has namespaces.
   * None: it is certain that there is no such object.
   */
  export function get(apiVersion: string, kind: string, name: string): Json | undefined;
  /**
   * All objects of a kind, in the request's namespace if its kind has namespaces.
   */
  export function find(apiVersion: string, kind: string): Array<Json>;
  /**
   * Whether an object is there, without a look into it: Secrets too may be asked for.
   */
  export function exists(apiVersion: string, kind: string, name: string): boolean;
  /**
   * Those objects of a kind that can be seen: in the files of an audit there may be more in the
   * cluster. What is among them is there; from what is not among them nothing follows.
   */
  export function seen(apiVersion: string, kind: string): Array<Json>;
  /**
   * The same as `seen`, for a kind that runs pods, as typed models. Objects that another object
   * controls are left out.
   */
  export function workloads(apiVersion: string, kind: string): Array<SeenWorkload>;
  export type Json = import('tidegate:policy/types@1.0.0').Json;
  export type SeenWorkload = import('tidegate:policy/types@1.0.0').SeenWorkload;
  /**
   * Why a question has no answer.
   */
  export type LookupError = LookupErrorNotDeclared | LookupErrorUnavailable;
  /**
   * The policy did not declare in `describe().reads` that it reads this.
   */
  export interface LookupErrorNotDeclared {
    tag: 'not-declared',
  }
  /**
   * Nobody can say now: there is no cluster, or it does not answer, or it refuses. This
   * is never the same as "it is not there".
   */
  export interface LookupErrorUnavailable {
    tag: 'unavailable',
    val: string,
  }
}
