// SPDX-License-Identifier: Apache-2.0
// The third way a replacement can end, besides proved and failed: accepted, but not proved in time.

import { CodedError } from "../core/coded-error";
import type { CertificateInfo } from "../x509/certificate";

/** What is known when a replacement could not be proved. @internal */
export interface UnfinishedFacts {
  /** The task to ask next time; undefined where it is spent or was never known. */
  readonly taskId?: string | undefined;
  /** The certificate the server was last seen to hold, where it was read after the replacement. */
  readonly live?: CertificateInfo | undefined;
  /** True: no task is under way any more; the server just shows another certificate. Default false. */
  readonly settled?: boolean;
}

/** A replacement whose outcome is not known in time. @internal */
export class Unfinished extends Error {
  readonly error: CodedError;
  readonly facts: UnfinishedFacts;

  /**
   * @param error - why it could not be proved; anything that is not ours becomes `ERR_INTERNAL`
   * @param facts - what the next run needs to know
   */
  constructor(error: unknown, facts: UnfinishedFacts) {
    const coded =
      error instanceof CodedError ? error : new CodedError("ERR_INTERNAL", "an unexpected error", { cause: error });
    super(coded.message);
    this.name = "Unfinished";
    this.error = coded;
    this.facts = facts;
  }
}
