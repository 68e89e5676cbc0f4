// SPDX-License-Identifier: Apache-2.0
// What the state keeps of a replacement that was accepted and is not proved: the facts as they were, and what is open.

import type { Unfinished } from "../kms/unfinished";
import type { Wire } from "./kms-client-certificate/check";
import { certificateOutputs } from "./outputs";
import type { KnownState, Outputs } from "./outputs";

/** What a replacement was when it could not be proved. @internal */
export interface UnfinishedState {
  readonly olds: Wire;
  readonly base: Outputs;
  readonly unfinished: Unfinished;
  readonly pendingFingerprint: string | undefined;
  readonly state: KnownState;
}

/**
 * The outputs of a resource that is not finished: only what was read from the server stays a fact; what is open is named
 * as pending.
 *
 * @param given - see {@link UnfinishedState}
 * @returns the outputs to save
 * @internal
 */
export function unfinishedOutputs({ olds, base, unfinished, pendingFingerprint, state }: UnfinishedState): Outputs {
  const { live, taskId, settled } = unfinished.facts;
  const known: Outputs =
    live === undefined
      ? Object.fromEntries(CERTIFICATE_OUTPUTS.filter((name) => name in olds).map((name) => [name, olds[name]]))
      : { certificate: live.pem, ...certificateOutputs(live) };
  const pendingTaskId = taskId ?? undefined;
  return {
    ...base,
    ...known,
    ...(state.taskId === undefined ? {} : { taskId: state.taskId }),
    ...(settled === true || pendingTaskId === undefined ? {} : { pendingTaskId }),
    ...(settled === true || pendingFingerprint === undefined ? {} : { pendingFingerprint }),
  };
}

const CERTIFICATE_OUTPUTS = [
  "certificate",
  "sha256Fingerprint",
  "subject",
  "issuer",
  "serialNumber",
  "notBefore",
  "notAfter",
];
