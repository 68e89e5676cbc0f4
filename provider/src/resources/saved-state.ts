// SPDX-License-Identifier: Apache-2.0
// The outputs that later calls depend on, as any release has saved them: what a state says must stay readable forever.

import { CodedError } from "../core/coded-error";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { canonicalAuthority } from "../vsphere/http/address";
import { pendingOf } from "./pending";
import type { Pending } from "./pending";

/** What a state says, whatever its type. @internal */
export interface SavedState {
  /** Canonical address of the vCenter it lives on; undefined in a `.get`, which has no state. */
  readonly server: string | undefined;
  readonly taskId: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly pending: Pending | undefined;
}

/** Reads the outputs of any release. @internal */
export function readState(outputs: Properties): SavedState {
  const seconds = outputs["timeoutSeconds"];
  const server = savedText(outputs, "server");
  return {
    server: server === undefined ? undefined : canonicalAuthority(server),
    taskId: savedText(outputs, "taskId"),
    timeoutSeconds: Number(seconds) > 0 ? Number(seconds) : undefined,
    pending: pendingOf(outputs),
  };
}

/** A text output; undefined if it is absent, empty or something else. @internal */
export function savedText(outputs: Properties, name: string): string | undefined {
  const value = outputs[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * Fails if the resource lives on another vCenter than the configured one.
 *
 * @throws CodedError `ERR_SERVER_CHANGED`, or the first problem of the settings
 * @internal
 */
export function assertServerOf(providerProcess: ProviderProcess, state: SavedState): void {
  const server = providerProcess.access.requireWhere().address.authority;
  if (state.server === undefined || state.server === server) return;
  const message = `the resource lives on ${state.server}, but the provider is configured for ${server}`;
  throw new CodedError("ERR_SERVER_CHANGED", message, {
    details: { stateServer: state.server, server },
    remedy:
      "set the server back to the one in the state; if the change is meant, run `pulumi up` without --refresh, which creates the resource on the new one; nothing was read or changed",
  });
}
