// SPDX-License-Identifier: Apache-2.0
// The init failure: a replacement was accepted, its outcome is not known in time. The engine saves the resource as not
// finished, and the next `up` calls `update` with what is kept here.

import type { ErrorCode } from "../core/coded-error";
import { ResourceError } from "./failure";
import type { Outputs } from "../resources/outputs";

/** Makes the engine save the resource as not finished. @internal */
export class NotFinishedError extends ResourceError {
  readonly id: string;
  readonly properties: Outputs;
  readonly reasons: readonly string[];

  /**
   * @param code - why it is not finished
   * @param message - what the user reads; the engine shows `reasons`
   * @param saved - id and outputs to save; `properties` must hold `__provider`, or the next read or delete fails in the
   * host before any of our code runs
   */
  constructor(code: ErrorCode, message: string, saved: { readonly id: string; readonly properties: Outputs }) {
    super(code, message);
    this.name = "NotFinishedError";
    this.id = saved.id;
    this.properties = saved.properties;
    this.reasons = [message];
  }
}
