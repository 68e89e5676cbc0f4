// SPDX-License-Identifier: Apache-2.0
// The engine's methods on a provider of this process, with outputs as the engine saves and gives them.

import assert from "node:assert/strict";
import type { CheckFailure, Properties } from "../driver";
import type { ProviderMethods } from "../driver/methods";
import type { Outcome, settle } from "../driver/outcome";
import type { makeProvider } from "./make-provider";

/** One line that a person would see. */
export interface DisplayLine {
  readonly severity: "info" | "warning" | "status";
  readonly text: string;
  readonly urn: string | undefined;
}

/** What watches the calls. */
export interface Watch {
  /** Makes an outcome of a call. */
  readonly record: (call: Parameters<typeof settle>[0]) => Promise<Outcome>;
  readonly onFailures: (failures: readonly CheckFailure[]) => void;
  /** What was shown. */
  readonly lines: readonly DisplayLine[];
}

/** @param __provider - the type's constant line, which the engine adds to outputs */
export function methodsOf(
  provider: ReturnType<typeof makeProvider>,
  __provider: string,
  { record, onFailures, lines }: Watch,
): ProviderMethods {
  return {
    check: async (olds, news) => {
      const { failures = [], inputs = news } = await required(provider.check)(olds, news);
      onFailures(failures);
      return { failures, inputs };
    },
    diff: async (id, olds, news) => {
      const { changes, replaces = [] } = await required(provider.diff)(id, saved(olds), news);
      assert.equal(typeof changes, "boolean");
      return { changes: changes === true, replaces };
    },
    create: (news) =>
      record(async () => {
        const { id, outs = {} } = await provider.create(news);
        return { id, properties: { ...outs, __provider } };
      }),
    update: (id, olds, news) =>
      record(async () => {
        const { outs = {} } = await required(provider.update)(id, saved(olds), news);
        return { id, properties: { ...outs, __provider } };
      }),
    read: (id, properties) =>
      record(async () => {
        const { id: found, props = {}, inputs } = await required(provider.read)(id, saved(properties));
        return {
          ...(found === undefined ? {} : { id: found }),
          properties: props,
          ...(inputs === undefined ? {} : { inputs }),
        };
      }),
    delete: (id, properties) =>
      record(async () => {
        await required(provider.delete)(id, saved(properties));
        return { properties: {} };
      }),
    notices: () =>
      lines
        .filter(({ severity }) => severity !== "status")
        .map(({ severity, text, urn = "" }) => ({ severity, text, urn })),
  };
}

function required<T>(method: T | undefined): T {
  assert.ok(method !== undefined);
  return method;
}

/** Outputs as the engine saves them: only inputs have `__urn`. */
function saved(outputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name !== "__urn"));
}
