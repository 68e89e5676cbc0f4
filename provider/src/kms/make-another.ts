// SPDX-License-Identifier: Apache-2.0
// A write whose result the hosts choose: a self-signed certificate, a signing request. It is proved when the server shows
// another one than before the send.

import { CodedError, RUNNING_COMMAND } from "../core/coded-error";
import { CHECK_IDS } from "../vsphere/errors/remedies";
import type { Accepted } from "../vsphere/tasks/start-task";
import type { Operation } from "./operation";
import { writeOnce } from "./write-once";
import type { Proof } from "./write";

/** What one of them is told apart by. @internal */
export interface Fingerprinted {
  /** SHA-256 of the DER, upper-case hex with colons. */
  readonly sha256Fingerprint: string;
}

/** What the hosts are asked to make. @internal */
export interface Making<T extends Fingerprinted> {
  /** E.g. `new certificate`, for messages. */
  readonly noun: string;
  readonly service: string;
  readonly send: () => Promise<Accepted>;
  readonly read: (operation: Operation) => Promise<T | undefined>;
  /** Tasks of earlier runs, as the state names them. */
  readonly earlierTaskIds: readonly string[];
  /** Called right before the send with what is there; undefined: nothing. */
  readonly onBefore: (before: T | undefined) => void;
}

/** Something that the hosts have made. @internal */
export interface Made<T> extends Proof<T> {
  /** What was there before; undefined: nothing. */
  readonly before: T | undefined;
}

/** Names that the task of such a POST most likely has. *Assumed* from the naming of all vSphere operations. */
const OPERATION_NAME = /create|generate|add|new|post/i;

/** Has the hosts make another one, and proves it; throws as {@link writeOnce}. @internal */
export async function makeAnother<T extends Fingerprinted>(operation: Operation, making: Making<T>): Promise<Made<T>> {
  const { read } = making;
  let before: T | undefined;
  const proof = await writeOnce<T>(operation, async () => {
    operation.onStep("reading what the hosts have now");
    // If a false "not found" were believed, any certificate would look new. So it must be answered twice.
    before = (await read(operation)) ?? (await read(operation));
    making.onBefore(before);
    return {
      ...making,
      mismatch,
      checkArguments: CHECK_IDS,
      isApplied: (live) => isAnother(live, before?.sha256Fingerprint),
      operationName: OPERATION_NAME,
    };
  });
  return { ...proof, before };
}

/** Whether something is there, and it is another one. @internal */
export function isAnother(live: Fingerprinted | undefined, than: string | undefined): boolean {
  return live !== undefined && live.sha256Fingerprint !== than;
}

function mismatch(live: Fingerprinted | undefined, said: string, taskId: string | undefined): CodedError {
  const actual = live?.sha256Fingerprint;
  const shows = actual === undefined ? "shows none" : `still shows the one of before (SHA-256 ${actual})`;
  return new CodedError("ERR_READBACK_MISMATCH", `${said}, but the server ${shows}`, {
    details: { ...(actual === undefined ? {} : { actual }), taskId },
    remedy: `a replica of vCenter lags, or the hosts made nothing: check the task in vCenter, then run \`${RUNNING_COMMAND}\` again`,
  });
}
