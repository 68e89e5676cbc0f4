// SPDX-License-Identifier: Apache-2.0
// The outputs that say that something is still open, for update, read and saving: a write whose outcome is not known, or
// a new certificate or signing request that must be made.

import { isAnother } from "../kms/make-another";
import type { Fingerprinted } from "../kms/make-another";
import type { PendingWrite } from "../kms/pending-write";
import type { UnfinishedFacts } from "../kms/unfinished";
import type { Properties } from "../process/properties";

/** What a write is to bring about. One of the two is set. @internal */
export interface Awaited {
  /** The certificate that was sent; undefined also in states that name only the task. */
  readonly fingerprint?: string | undefined;
  /** Anything but this: SHA-256 of what was there before, {@link NOTHING}, or {@link ANYTHING}. */
  readonly replaces?: string | undefined;
}

/** What is open. @internal */
export interface Pending extends PendingWrite, Awaited {}

/** Nothing was there before. @internal */
export const NOTHING = "nothing";
/** Whatever is there must be replaced; no write for it is under way. @internal */
export const ANYTHING = "anything";

const PENDING_OUTPUTS = ["pendingTaskId", "pendingFingerprint", "pendingReplaces"] as const;

/** What outputs name as open; undefined if they name nothing. @internal */
export function pendingOf(outputs: Properties): Pending | undefined {
  const [taskId, fingerprint, replaces] = PENDING_OUTPUTS.map((name) => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  });
  const isOpen = taskId !== undefined || fingerprint !== undefined || replaces !== undefined;
  return isOpen ? { taskId, fingerprint, replaces } : undefined;
}

/** The write that may still be under way. @internal */
export function pendingWriteOf(pending: Pending | undefined): Pending | undefined {
  return pending?.taskId === undefined && pending?.replaces === ANYTHING ? undefined : pending;
}

/** Whether what was to be replaced is: the server shows another one. @internal */
export function isReplaced(replaces: string | undefined, live: Fingerprinted | undefined): boolean {
  if (replaces === undefined || replaces === ANYTHING) return false;
  return isAnother(live, replaces === NOTHING ? undefined : replaces);
}

/** Outputs without anything open. @internal */
export function withoutPending(outputs: Properties): Properties {
  const names: readonly string[] = PENDING_OUTPUTS;
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !names.includes(name)));
}

/** The outputs that name what is open. @internal */
export function pendingOutputs({ taskId, settled }: UnfinishedFacts<unknown>, awaited: Awaited = {}): Properties {
  const { fingerprint, replaces } = awaited;
  if (settled === true) return replaces === undefined ? {} : MUST_BE_REPLACED;
  return {
    ...(taskId === undefined ? {} : { pendingTaskId: taskId }),
    ...(fingerprint === undefined ? {} : { pendingFingerprint: fingerprint }),
    ...(replaces === undefined ? {} : { pendingReplaces: replaces }),
  };
}

/** The output that has the next `up` make a new one, whatever is there. @internal */
export const MUST_BE_REPLACED: Properties = { pendingReplaces: ANYTHING };
