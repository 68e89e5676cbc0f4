// SPDX-License-Identifier: Apache-2.0
// The methods of the real host process, over gRPC.

import type { DynamicProvider } from "../dynamic-provider";
import { ProviderFailure } from "../dynamic-provider";
import type { Properties } from "./index";
import type { ProviderMethods } from "./methods";
import type { Outcome } from "./outcome";
import { codeAtEnd } from "./outcome";

/** @param onOutcome - told of each outcome, for what must hold of all */
export function hostMethods(provider: DynamicProvider, onOutcome: (outcome: Outcome) => void): ProviderMethods {
  const settle = async (
    call: Promise<{ readonly id: string | undefined; readonly properties: Properties; readonly inputs?: Properties }>,
  ): Promise<Outcome> => {
    const startedMs = performance.now();
    const outcome = await call.then(
      (answer): Outcome => ({ kind: "success", ...answer, elapsedMs: performance.now() - startedMs }),
      (error: unknown): Outcome => {
        if (!(error instanceof ProviderFailure)) throw error;
        const { message, init } = error;
        const failure = { code: codeAtEnd(message), message, elapsedMs: performance.now() - startedMs };
        return init === undefined ? { kind: "failure", ...failure } : { kind: "not-finished", ...failure, ...init };
      },
    );
    onOutcome(outcome);
    return outcome;
  };
  return {
    check: (olds, news) => provider.check({ ...olds }, { ...news }),
    diff: async (id, olds, news) => {
      const { changes, replaces } = await provider.diff(id, { ...olds }, { ...news });
      if (changes === undefined) throw new Error("diff did not say whether anything changes");
      return { changes, replaces };
    },
    create: (news) => settle(provider.create({ ...news })),
    update: (id, olds, news) =>
      settle(provider.update(id, { ...olds }, { ...news }).then((properties) => ({ id, properties }))),
    read: (id, properties) =>
      settle(
        provider.read(id, { ...properties }).then(({ id: found, properties: outputs, inputs }) => ({
          id: found === "" ? undefined : found,
          properties: outputs,
          ...(inputs === undefined ? {} : { inputs }),
        })),
      ),
    delete: (id, properties) =>
      settle(provider.delete(id, { ...properties }).then(() => ({ id: undefined, properties: {} }))),
    notices: () =>
      provider.logs
        .filter(({ ephemeral }) => !ephemeral)
        .map(({ severity, urn, message }) => ({ severity, urn, text: message })),
  };
}
