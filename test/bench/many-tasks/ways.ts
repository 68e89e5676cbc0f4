// SPDX-License-Identifier: Apache-2.0
// What is compared: the same code on the same schedule, with and without the list.

/** A way to look at many tasks. */
export interface Way {
  /** In tables and pictures. */
  readonly name: string;
  /** True: the server does not have `action=list`. */
  readonly refuseLists: boolean;
}

/** The second is what the provider falls back to where vCenter refuses the list. */
export const WAYS: readonly Way[] = [
  { name: "ours: one list for all", refuseLists: false },
  { name: "one GET for each", refuseLists: true },
];
