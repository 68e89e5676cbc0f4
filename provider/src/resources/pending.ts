// SPDX-License-Identifier: Apache-2.0
// The outputs that say that the outcome of a write is still open, for update, read and saving.

import type { PendingWrite } from "../kms/pending-write";
import type { UnfinishedFacts } from "../kms/unfinished";
import type { Properties } from "../process/properties";

/** A write whose outcome is open. @internal */
export interface Pending extends PendingWrite {
  /** The certificate that was sent; undefined in states that name only the task. */
  readonly fingerprint: string | undefined;
}

const PENDING_OUTPUTS = ["pendingTaskId", "pendingFingerprint"] as const;

/** The open write that outputs name; undefined if they name none. @internal */
export function pendingOf(outputs: Properties): Pending | undefined {
  const [taskId, fingerprint] = PENDING_OUTPUTS.map((name) => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  });
  return taskId === undefined && fingerprint === undefined ? undefined : { taskId, fingerprint };
}

/** Outputs without an open write. @internal */
export function withoutPending(outputs: Properties): Properties {
  const names: readonly string[] = PENDING_OUTPUTS;
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !names.includes(name)));
}

/** The outputs that name an open write. @internal */
export function pendingOutputs({ taskId, settled }: UnfinishedFacts<unknown>, fingerprint?: string): Properties {
  if (settled === true) return {};
  return {
    ...(taskId === undefined ? {} : { pendingTaskId: taskId }),
    ...(fingerprint === undefined ? {} : { pendingFingerprint: fingerprint }),
  };
}
