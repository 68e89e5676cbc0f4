// SPDX-License-Identifier: Apache-2.0
// The init failure: a write was accepted, or may have been, and its outcome is not known in time. The engine saves the
// resource as not finished, and the next `up` calls `update` with what is kept here.

import type { ErrorCode } from "../core/coded-error";
import { ResourceError } from "./failure";
import type { Properties } from "./properties";

/** What the engine saves. @internal */
export interface SavedResource {
  readonly id: string;
  /** Must hold `__provider`, or the next read or delete fails in the host before any of our code runs. */
  readonly properties: Properties;
}

/** Makes the engine save the resource as not finished. @internal */
export class NotFinishedError extends ResourceError {
  readonly id: string;
  readonly properties: Properties;
  /** What the engine shows. */
  readonly reasons: readonly string[];

  constructor(code: ErrorCode, message: string, saved: SavedResource) {
    super(code, message);
    this.name = "NotFinishedError";
    this.id = saved.id;
    this.properties = saved.properties;
    this.reasons = [message];
  }
}
