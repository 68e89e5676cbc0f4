// SPDX-License-Identifier: Apache-2.0
// The outputs that say that something is still open, for update, read and saving: a write whose outcome is not known, a
// new certificate or signing request that must be made, or the key server's health that is waited for.

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
export interface Pending extends PendingWrite, Awaited {
  /** True: the hosts hold the certificate, and the key server's health was waited for. */
  readonly health: boolean;
}

/** Nothing was there before. @internal */
export const NOTHING = "nothing";
/** Whatever is there must be replaced; no write for it is under way. @internal */
export const ANYTHING = "anything";

const PENDING_OUTPUTS = ["pendingTaskId", "pendingFingerprint", "pendingReplaces", "pendingHealth"] as const;

/** What outputs name as open; undefined if they name nothing. @internal */
export function pendingOf(outputs: Properties): Pending | undefined {
  const [taskId, fingerprint, replaces] = PENDING_OUTPUTS.map((name) => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  });
  const health = outputs["pendingHealth"] === true;
  const isOpen = taskId !== undefined || fingerprint !== undefined || replaces !== undefined || health;
  return isOpen ? { taskId, fingerprint, replaces, health } : undefined;
}

/** The write that may still be under way. @internal */
export function pendingWriteOf(pending: Pending | undefined): Pending | undefined {
  if (pending === undefined) return undefined;
  const { taskId, fingerprint, replaces = ANYTHING } = pending;
  return taskId === undefined && fingerprint === undefined && replaces === ANYTHING ? undefined : pending;
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

/** The output that has the next `up` ask for the health. @internal */
export const AWAITS_HEALTH: Properties = { pendingHealth: true };

/**
 * Whether the key server's health is still to be asked for, now that the server shows a certificate: it was waited for, or
 * would have been, had the run seen the end of its write.
 *
 * @internal
 */
export function awaitsHealth(saved: Properties, { sha256Fingerprint }: Fingerprinted): boolean {
  const pending = pendingOf(saved);
  if (pending === undefined) return false;
  if (pending.health) return sha256Fingerprint === saved["sha256Fingerprint"];
  return saved["waitForHealth"] === true && sha256Fingerprint === pending.fingerprint;
}
