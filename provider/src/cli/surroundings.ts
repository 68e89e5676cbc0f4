// SPDX-License-Identifier: Apache-2.0
// What a command gets from its process; tests give their own.

/** @internal */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** The program's directory. */
  readonly directory: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
