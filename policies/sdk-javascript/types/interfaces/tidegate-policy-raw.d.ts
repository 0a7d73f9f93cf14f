/// <reference path="./tidegate-policy-types.d.ts" />
declare module 'tidegate:policy/raw@1.0.0' {
  /**
   * The object under review.
   */
  export function object(): Json;
  /**
   * The object as it is stored now; only on `UPDATE`.
   */
  export function oldObject(): Json | undefined;
  /**
   * The value at a place of the object under review. None if there is nothing.
   */
  export function at(path: Pointer): Json | undefined;
  /**
   * The option files in a ConfigMap under review: entries that hold a group such as `[mysqld]`.
   * Empty for any other object.
   */
  export function optionFiles(): Array<OptionFile>;
  export type Json = import('tidegate:policy/types@1.0.0').Json;
  export type Pointer = import('tidegate:policy/types@1.0.0').Pointer;
  export type OptionFile = import('tidegate:policy/types@1.0.0').OptionFile;
}
