// SPDX-License-Identifier: Apache-2.0
// The third way a write can end, besides proved and failed: accepted or perhaps accepted, but not proved in time.

import { CodedError } from "../core/coded-error";

/** What is known about a write that could not be proved. @internal */
export interface UnfinishedFacts<T> {
  /** The task to ask for next time; undefined if it has ended or was never known. */
  readonly taskId?: string | undefined;
  /** What the server was last seen to hold, if that was read after the write. */
  readonly live?: T | undefined;
  /** True: nothing is under way any more; the server just shows something else. Default false. */
  readonly settled?: boolean;
}

/** A write whose outcome is not known in time. @internal */
export class Unfinished<T> extends Error {
  readonly error: CodedError;
  readonly facts: UnfinishedFacts<T>;

  /** Anything that is not one of our errors becomes `ERR_INTERNAL`. */
  constructor(error: unknown, facts: UnfinishedFacts<T> = {}) {
    const coded =
      error instanceof CodedError ? error : new CodedError("ERR_INTERNAL", "an unexpected error", { cause: error });
    super(coded.message);
    this.name = "Unfinished";
    this.error = coded;
    this.facts = facts;
  }
}
