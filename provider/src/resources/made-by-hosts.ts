// SPDX-License-Identifier: Apache-2.0
// Create and update of what the hosts make themselves: a self-signed certificate, a signing request.

import type { Fingerprinted, Made, Making } from "../kms/make-another";
import type { Operation } from "../kms/operation";
import { outcomeOf } from "../kms/pending-write";
import type { Proof } from "../kms/write";
import type { Properties } from "../process/properties";
import { isRenewed } from "./decode-inputs";
import type { InputTable } from "./decode-inputs";
import { COMMON_INPUTS, decodeBoolean, decodeTriggers } from "./input-decoders";
import type { CommonInputs } from "./input-decoders";
import { isReplaced, NOTHING, pendingWriteOf } from "./pending";
import type { WriteCall } from "./resource-type";

/** The inputs of each such type. @internal */
export interface HostMadeInputs extends CommonInputs {
  readonly triggers: readonly unknown[];
  readonly adopt: boolean;
}

/** Their rows. @internal */
export const HOST_MADE_INPUTS: InputTable<HostMadeInputs> = {
  ...COMMON_INPUTS,
  // Absent and empty are the same.
  triggers: { decode: decodeTriggers, default: [], hidden: true, stored: "renews" },
  adopt: { decode: decodeBoolean, default: false },
};

/** What is made, and how. @internal */
export interface HostMade<I extends HostMadeInputs, L extends Fingerprinted> {
  readonly inputs: InputTable<I>;
  /** The outputs that follow from what the server holds, and stay while it does. */
  readonly factNames: readonly string[];
  readonly read: (operation: Operation) => Promise<L | undefined>;
  readonly make: (operation: Operation, options: Pick<Making<L>, "earlierTaskIds" | "onBefore">) => Promise<Made<L>>;
  /** The outputs besides task, inputs and server; `before`: what was there before the write of this call. */
  readonly outputs: (live: L, olds: Properties, before: L | undefined) => Properties;
  /** Whether a new one must be made although the program wants nothing else. */
  readonly isDue: (inputs: I, olds: Properties) => boolean;
}

/** Has the hosts make one; with `adopt` only if there is none. @internal */
export async function createHostMade<I extends HostMadeInputs, L extends Fingerprinted>(
  call: WriteCall<I>,
  kind: HostMade<I, L>,
): Promise<Properties> {
  const held = await call.run(async (operation) => {
    const present = call.inputs.adopt ? await kind.read(operation) : undefined;
    return present === undefined ? make(call, kind, operation) : { live: present, taskId: undefined };
  });
  return { ...kind.outputs(held.live, {}, undefined), ...taskOutput(held.taskId) };
}

/** Settles what an earlier run left open, and has the hosts make a new one if the program wants one. @internal */
export async function updateHostMade<I extends HostMadeInputs, L extends Fingerprinted>(
  call: WriteCall<I>,
  kind: HostMade<I, L>,
): Promise<Properties> {
  const { inputs, olds, news, state } = call;
  const { pending } = state;
  const write = pendingWriteOf(pending);
  const isRenewal = isRenewed(kind.inputs, olds, news);
  if (pending === undefined && !isRenewal && !kind.isDue(inputs, olds)) {
    return { ...factsOf(kind, olds), ...taskOutput(state.taskId) };
  }
  const held = await call.run(async (operation): Promise<Proof<L> & Partial<Made<L>>> => {
    const isApplied = (live?: L): boolean => isReplaced(write?.replaces, live);
    const found = write && (await outcomeOf(operation, write, { read: kind.read, isApplied }));
    // What an earlier run has brought was made for the triggers of that run.
    return found !== undefined && "taskId" in found && !isRenewal ? found : make(call, kind, operation);
  });
  return { ...kind.outputs(held.live, olds, held.before), ...taskOutput(held.taskId ?? state.taskId) };
}

function make<I extends HostMadeInputs, L extends Fingerprinted>(
  call: WriteCall<I>,
  kind: HostMade<I, L>,
  operation: Operation,
): Promise<Made<L>> {
  const { taskId, pending } = call.state;
  return kind.make(operation, {
    earlierTaskIds: [taskId, pending?.taskId].filter((id) => id !== undefined),
    onBefore: (before) => {
      call.sends({ replaces: before?.sha256Fingerprint ?? NOTHING });
    },
  });
}

function factsOf<I extends HostMadeInputs, L extends Fingerprinted>(
  kind: HostMade<I, L>,
  olds: Properties,
): Properties {
  return Object.fromEntries(kind.factNames.filter((name) => name in olds).map((name) => [name, olds[name]]));
}

function taskOutput(taskId: string | undefined): Properties {
  return taskId === undefined ? {} : { taskId };
}
