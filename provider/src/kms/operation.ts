// SPDX-License-Identifier: Apache-2.0
// What every step on a key provider works with.

import type { Deadline } from "../core/deadline";
import type { VCenterConnection } from "../vsphere/connection";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import type { TaskInfo } from "../vsphere/tasks/tasks";

/** One operation on one key provider. @internal */
export interface Operation {
  readonly connection: VCenterConnection;
  readonly target: KeyProvider;
  readonly deadline: Deadline;
  /** Called after every poll of a task that changes something. */
  readonly onProgress: (info: TaskInfo, elapsedMs: number) => void;
  /** Called with what is done besides waiting for a task, e.g. `reading the certificate back`. */
  readonly onStep: (text: string) => void;
  /** Takes keys, passwords and session ids of this operation out of a text of the server. */
  readonly redact: (text: string) => string;
  /** Whether a text of the server repeats a key, a password or a session id of this operation. */
  readonly repeatsSecret: (text: string) => boolean;
}

/** What a read needs of an operation. @internal */
export type Reading = Pick<Operation, "connection" | "deadline" | "repeatsSecret">;

/** What a read of one key provider needs. @internal */
export type ReadingOne = Reading & Pick<Operation, "target">;
