// SPDX-License-Identifier: Apache-2.0
// `diff` of every type: what replaces the resource, what is open, which options changed, then the type's own comparison.

import type { DiffResult } from "@pulumi/pulumi/dynamic";
import type { Fingerprinted } from "../kms/make-another";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { decodeInputs, optionsChanged, replacedInputs, urnOf } from "../resources/decode-inputs";
import type { CommonInputs } from "../resources/input-decoders";
import type { ResourceType } from "../resources/resource-type";
import { readState } from "../resources/saved-state";

/** Compares what is wanted with what the server was last proved to hold. `changes` is always a boolean. @internal */
export async function diff<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  olds: Properties,
  news: Properties,
): Promise<DiffResult> {
  const state = readState(olds);
  const replaces = replacedInputs(type.inputs, olds, news);
  const server = providerProcess.access.server();
  if (server !== undefined && state.server !== undefined && server !== state.server) replaces.push("server");
  const changes =
    replaces.length > 0 ||
    // The outcome of an earlier write is open: `update` must ask.
    state.pending !== undefined ||
    optionsChanged(type.inputs, olds, news) ||
    (await type.differs({
      providerProcess,
      inputs: decodeInputs(type.inputs, news).inputs,
      news,
      olds,
      state,
      urn: urnOf(news),
    }));
  return { changes, replaces };
}
