// SPDX-License-Identifier: Apache-2.0
// The methods of the engine, each in a room of its own, behind one object. Heavy floors are loaded inside the methods.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import type { Wire } from "../resources/kms-client-certificate/check";
import { openConnection } from "../process/connection";
import type { ProcessOptions } from "../process/provider-process";
import { ProviderProcess } from "../process/provider-process";

/**
 * Makes a provider.
 *
 * @param options - what can be replaced in tests
 * @returns the methods that the engine's host calls
 * @internal
 */
export function makeProvider(
  options: Omit<ProcessOptions, "connect"> & Partial<Pick<ProcessOptions, "connect">>,
): ResourceProvider<Wire, Record<string, unknown>> {
  const process = new ProviderProcess({ connect: openConnection, ...options });
  // The engine may end this process as soon as it has the last answer: what was said must have left before.
  const answer = async <T>(method: Promise<T>): Promise<T> => {
    try {
      return await method;
    } finally {
      await process.display.delivered?.();
    }
  };
  return {
    // The host lets other calls in before this has ended: it only stores, and never throws.
    configure(request) {
      process.configure(request.config);
      return Promise.resolve();
    },
    check: async (olds, news) =>
      answer((await import("../resources/kms-client-certificate/check.js")).check(process, olds, news)),
    diff: async (_id, olds, news) =>
      answer((await import("../resources/kms-client-certificate/diff.js")).diff(process, olds, news)),
    create: async (inputs) =>
      answer((await import("../resources/kms-client-certificate/apply.js")).create(process, inputs)),
    update: async (_id, olds, news) =>
      answer((await import("../resources/kms-client-certificate/apply.js")).update(process, olds, news)),
    read: async (id, props = {}) =>
      answer((await import("../resources/kms-client-certificate/read.js")).read(process, id, props)),
    delete: async (id, props) =>
      answer((await import("../resources/kms-client-certificate/remove.js")).remove(process, id, props)),
  };
}
