// SPDX-License-Identifier: Apache-2.0
// `create` and `update` of every type: decoded inputs, the frame of the operation, the outputs, and what is saved of a write
// that is not finished.

import type { CreateResult, UpdateResult } from "@pulumi/pulumi/dynamic";
import { Redactor } from "../core/redact";
import type { Fingerprinted } from "../kms/make-another";
import type { Unfinished } from "../kms/unfinished";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { runOperation, toResourceError } from "../process/run-operation";
import type { OperationRequest } from "../process/run-operation";
import { addSecrets, requireInputs, storedInputs, urnOf } from "../resources/decode-inputs";
import type { CommonInputs } from "../resources/input-decoders";
import { toId } from "../resources/key-provider-id";
import { AWAITS_HEALTH, pendingOutputs } from "../resources/pending";
import type { Awaited } from "../resources/pending";
import type { ResourceType, WriteCall } from "../resources/resource-type";
import { assertServerOf, readState } from "../resources/saved-state";
import { redactServerTexts } from "./server-texts";

/** Brings a new resource to the server. @internal */
export async function create<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  news: Properties,
): Promise<CreateResult<Record<string, unknown>>> {
  const write = beginWrite(providerProcess, type, {}, news, `Creating the ${type.noun}`);
  const outs = await type.create(write.call);
  return { id: toId(write.call.inputs), outs: { ...write.inputOutputs(), ...write.redacted(outs) } };
}

/** Brings a changed resource to the server, or settles what an earlier run left open. @internal */
export async function update<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  olds: Properties,
  news: Properties,
): Promise<UpdateResult<Record<string, unknown>>> {
  const write = beginWrite(providerProcess, type, olds, news, `Replacing the ${type.noun}`);
  const outs = await type.update(write.call);
  return { outs: { ...write.inputOutputs(), ...write.redacted(outs) } };
}

interface BegunWrite<I> {
  readonly call: WriteCall<I>;
  /** The outputs that follow from program and settings. */
  readonly inputOutputs: () => Properties;
  /** The outputs that follow from what the server says. */
  readonly redacted: (outputs: Properties) => Properties;
}

function beginWrite<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  olds: Properties,
  news: Properties,
  what: string,
): BegunWrite<I> {
  const urn = urnOf(news);
  const keys = new Redactor();
  const bare = { what, command: "pulumi up" as const, urn, keys };
  let inputs: I;
  try {
    inputs = requireInputs(type.inputs, news);
  } catch (error) {
    throw toResourceError(providerProcess, bare, error);
  }
  addSecrets(keys, type.inputs, inputs);
  const { cluster, keyProvider, timeoutSeconds } = inputs;
  const state = readState(olds);
  // Until this call sends something itself, what is open is what an earlier run has left.
  let awaited: Awaited | undefined = state.pending;
  let proved: Properties | undefined;
  let lastWritten = olds;
  const inputOutputs = (written = news): Properties => ({
    cluster,
    keyProvider,
    server: providerProcess.access.server() ?? state.server ?? "",
    ...storedInputs(type.inputs, news, written),
  });
  const redacted = (outputs: Properties): Properties => redactServerTexts(providerProcess, outputs, keys);
  const request: OperationRequest = {
    ...bare,
    target: { cluster, keyProvider },
    timeoutSeconds,
    toSave: (unfinished) => ({
      id: toId(inputs),
      properties: {
        ...inputOutputs(lastWritten),
        ...(state.taskId === undefined ? {} : { taskId: state.taskId }),
        ...redacted(
          proved === undefined ? unfinishedOutputs(type, olds, unfinished, awaited) : { ...proved, ...AWAITS_HEALTH },
        ),
        // The host adds it to results, but not to errors: without it the next read or delete could not run.
        __provider: news["__provider"],
      },
    }),
  };
  const call: WriteCall<I> = {
    providerProcess,
    inputs,
    news,
    olds,
    state,
    urn,
    keys,
    sends: (now) => {
      awaited = now;
      lastWritten = news;
    },
    proves: (outputs) => (proved = outputs),
    run: (work) =>
      runOperation(providerProcess, request, (operation) => {
        assertServerOf(providerProcess, state);
        return work(operation);
      }),
  };
  return { call, inputOutputs, redacted };
}

/** Only what was read from the server is a fact; what is open is named as pending. */
function unfinishedOutputs<I extends CommonInputs, L extends Fingerprinted>(
  type: ResourceType<I, L>,
  olds: Properties,
  { facts }: Unfinished<unknown>,
  awaited: Awaited | undefined,
): Properties {
  const known = facts.live === undefined ? olds : { ...olds, ...type.refreshed(facts.live as L, {}).outputs };
  const kept: Record<string, unknown> = {};
  for (const name of type.factNames) if (name in known) kept[name] = known[name];
  return { ...kept, ...pendingOutputs(facts, awaited) };
}
