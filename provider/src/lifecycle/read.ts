// SPDX-License-Identifier: Apache-2.0
// `read` of every type: what the server holds now, for `refresh` and `.get`. An empty answer drops the resource from the
// state, so it is given only if vCenter says definitely that cluster, key provider or what is managed is gone.

import type { ReadResult } from "@pulumi/pulumi/dynamic";
import { isCodedError } from "../core/coded-error";
import { Redactor } from "../core/redact";
import type { Operation } from "../kms/operation";
import { mayStillRun } from "../kms/pending-write";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { runOperation, toResourceError } from "../process/run-operation";
import type { OperationRequest } from "../process/run-operation";
import { storedInputs } from "../resources/decode-inputs";
import type { CommonInputs } from "../resources/input-decoders";
import { fromId } from "../resources/key-provider-id";
import { pendingOutputs, withoutPending } from "../resources/pending";
import type { ResourceType } from "../resources/resource-type";
import { assertServerOf, readState } from "../resources/saved-state";

/** A read's answer; `{}` means that the resource is gone. @internal */
export type Read = Partial<ReadResult<Record<string, unknown>>> & { readonly inputs?: Record<string, unknown> };

/** Reads the server. Outputs as saved without `server` are a `.get`, which fails if there is nothing. @internal */
export async function read<I extends CommonInputs, L>(
  process: ProviderProcess,
  type: ResourceType<I, L>,
  id: string,
  props: Properties,
): Promise<Read> {
  const state = readState(props);
  const isGet = state.server === undefined;
  const request: Omit<OperationRequest, "target"> = {
    what: `Reading the ${type.noun}`,
    command: isGet ? "pulumi up" : "pulumi refresh",
    urn: undefined,
    timeoutSeconds: state.timeoutSeconds,
    keys: new Redactor(),
  };
  let target;
  try {
    target = fromId(id);
    assertServerOf(process, state);
  } catch (error) {
    throw toResourceError(process, { ...request, target: target ?? { cluster: "?", keyProvider: "?" } }, error);
  }
  return runOperation(process, { ...request, target }, async (operation) => {
    if (isGet) {
      const { outputs } = type.refreshed(await type.read(operation), {});
      return { id, props: { ...target, server: process.access.server(), ...outputs } };
    }
    const { pending } = state;
    const isOpen = pending !== undefined && (await mayStillRun(operation, pending));
    const live = await readIfAny(type, operation);
    const open = isOpen ? pendingOutputs(pending, pending.fingerprint) : {};
    if (live === undefined) return isOpen ? { id, props: { ...props } } : {};
    return refreshed(type, { id, props, live, open });
  });
}

async function readIfAny<I extends CommonInputs, L>(
  type: ResourceType<I, L>,
  operation: Operation,
): Promise<L | undefined> {
  try {
    return await type.read(operation);
  } catch (error) {
    if (isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) return undefined;
    throw error;
  }
}

function refreshed<I extends CommonInputs, L>(
  type: ResourceType<I, L>,
  { id, props, live, open }: { id: string; props: Properties; live: L; open: Properties },
): Read {
  const saved = withoutPending(props);
  const { outputs, changedInputs } = type.refreshed(live, props);
  const read = { id, props: { ...saved, ...outputs, ...open } };
  if (Object.keys(changedInputs).length === 0) return read;
  const { cluster, keyProvider } = saved;
  return { ...read, inputs: { cluster, keyProvider, ...storedInputs(type.inputs, saved), ...changedInputs } };
}
