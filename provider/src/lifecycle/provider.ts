// SPDX-License-Identifier: Apache-2.0
// Pulumi's provider methods for one type of resource.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import type { Fingerprinted } from "../kms/make-another";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import type { CommonInputs } from "../resources/input-decoders";
import type { ResourceType } from "../resources/resource-type";
import { check } from "./check";
import { diff } from "./diff";
import { read } from "./read";
import { remove } from "./remove";
import { create, update } from "./write";

/** The methods that the engine's host calls; all types of a process share its state. @internal */
export function resourceProvider<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
): ResourceProvider<Properties, Record<string, unknown>> {
  // The engine may end this process as soon as it has the last answer: what was said must have left before. An end by a
  // signal waits for both: the answer of an operation that it cuts short says what to save.
  const answer = <T>(method: () => T | Promise<T>): Promise<T> =>
    providerProcess.shutdown.during(async () => {
      try {
        return await method();
      } finally {
        await providerProcess.display.delivered?.();
      }
    });
  return {
    configure(request) {
      providerProcess.configure(request.config);
      return Promise.resolve();
    },
    check: (olds, news) => answer(() => check(providerProcess, type, olds, news)),
    diff: (_id, olds, news) => answer(() => diff(providerProcess, type, olds, news)),
    create: (inputs) => answer(() => create(providerProcess, type, inputs)),
    update: (_id, olds, news) => answer(() => update(providerProcess, type, olds, news)),
    read: (id, props = {}) => answer(() => read(providerProcess, type, id, props)),
    delete: (id, props) =>
      answer(() => {
        remove(providerProcess, type, id, props);
      }),
  };
}
