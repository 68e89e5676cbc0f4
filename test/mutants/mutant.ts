// SPDX-License-Identifier: Apache-2.0
// A bug to plant in the provider, with the invariant that must find it.

/** A bug: one exact replacement in one source file. */
export interface Mutant {
  readonly name: string;
  /** Path within provider/src. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What the failure that finds it must begin with. */
  readonly killedBy: RegExp;
  /** Of histories that come upon it soon, for a bug that shows rarely; default 7. */
  readonly seed?: number;
}
