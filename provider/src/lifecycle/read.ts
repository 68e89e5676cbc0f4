// SPDX-License-Identifier: Apache-2.0
// `read` of every type: what the server holds now, for `refresh` and `.get`. An empty answer drops the resource from the
// state, so it is given only if vCenter says definitely that cluster, key provider or what is managed is gone.

import type { ReadResult } from "@pulumi/pulumi/dynamic";
import { Redactor } from "../core/redact";
import { isHealthy } from "../kms/health";
import type { Fingerprinted } from "../kms/make-another";
import type { Operation } from "../kms/operation";
import { mayStillRun } from "../kms/pending-write";
import { orUndefinedIfAbsent } from "../kms/read-result";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { runOperation, toResourceError } from "../process/run-operation";
import type { OperationRequest } from "../process/run-operation";
import { storedInputs } from "../resources/decode-inputs";
import type { CommonInputs } from "../resources/input-decoders";
import { fromId } from "../resources/key-provider-id";
import {
  AWAITS_HEALTH,
  awaitsHealth,
  isReplaced,
  MUST_BE_REPLACED,
  pendingOutputs,
  pendingWriteOf,
  withoutPending,
} from "../resources/pending";
import type { Refreshed, ResourceType } from "../resources/resource-type";
import { assertServerOf, readState } from "../resources/saved-state";
import { redactServerTexts } from "./server-texts";

/** A read's answer; `{}` means that the resource is gone. @internal */
export type Read = Partial<ReadResult<Record<string, unknown>>> & { readonly inputs?: Record<string, unknown> };

/** Reads the server. Outputs as saved without `server` are a `.get`, which fails if there is nothing. @internal */
export async function read<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
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
    assertServerOf(providerProcess, state);
  } catch (error) {
    throw toResourceError(providerProcess, { ...request, target }, error);
  }
  return runOperation(providerProcess, { ...request, target }, async (operation) => {
    if (isGet) {
      const { outputs } = type.refreshed(await type.read(operation), {});
      const props = { ...target, server: providerProcess.access.server(), ...outputs };
      return { id, props: redactServerTexts(providerProcess, props) };
    }
    const write = pendingWriteOf(state.pending);
    const isOpen = write !== undefined && (await mayStillRun(operation, write));
    const live = await orUndefinedIfAbsent(type.read(operation));
    if (live === undefined) return isOpen ? { id, props: { ...props } } : {};
    const open = isOpen ? pendingOutputs(write, write) : await stillOpen(operation, props, live);
    const { warning, ...found } = refreshed(type, { id, props, live, open });
    if (warning !== undefined) providerProcess.notices.print("warning", warning, { urn: undefined, target });
    return { ...found, props: redactServerTexts(providerProcess, found.props ?? {}) };
  });
}

/** What is open though no write is under way any more. */
async function stillOpen(operation: Operation, props: Properties, live: Fingerprinted): Promise<Properties> {
  const replaces = readState(props).pending?.replaces;
  if (replaces !== undefined && !isReplaced(replaces, live)) return MUST_BE_REPLACED;
  return awaitsHealth(props, live) && !(await isHealthy(operation)) ? AWAITS_HEALTH : {};
}

function refreshed<I extends CommonInputs, L extends Fingerprinted>(
  type: ResourceType<I, L>,
  { id, props, live, open }: { id: string; props: Properties; live: L; open: Properties },
): Read & Pick<Refreshed, "warning"> {
  const saved = withoutPending(props);
  const { outputs, changedInputs, warning } = type.refreshed(live, props);
  const read = { id, props: { ...saved, ...outputs, ...open }, ...(warning === undefined ? {} : { warning }) };
  if (Object.keys(changedInputs).length === 0) return read;
  const { cluster, keyProvider } = saved;
  return { ...read, inputs: { cluster, keyProvider, ...storedInputs(type.inputs, saved), ...changedInputs } };
}
