// SPDX-License-Identifier: Apache-2.0
// The key providers of a Trust Authority cluster. One task lists them all with their health. Source: vSphere Automation API,
// trust_authority_clusters/kms/providers, description 7.0.3 and the pages of 7.0.0 (documented).

import type { Deadline } from "../../core/deadline";
import { visible } from "../../core/visible";
import type { VsphereApi } from "../api";
import { isRecord } from "../errors/messages";
import { startTask } from "../tasks/start-task";
import type { Accepted } from "../tasks/start-task";
import { keyProvidersPath, readOf } from "./key-provider";

/** A key provider, as vCenter lists it. @internal */
export interface KeyProviderSummary {
  readonly keyProvider: string;
  /** `NONE`, `OK`, `WARNING` or `ERROR`; another word if a later release has one; `UNKNOWN` if vCenter sent none. */
  readonly health: string;
}

/** Begins to list the key providers of a cluster: `GET`, which is a task. @internal */
export function startListKeyProviders(api: VsphereApi, cluster: string, deadline: Deadline): Promise<Accepted> {
  return startTask(api, readOf(keyProvidersPath(cluster)), deadline);
}

/** The list in the result of that task. @throws TypeError if it is none @internal */
export function keyProvidersIn(result: unknown): readonly KeyProviderSummary[] {
  if (!Array.isArray(result)) throw new TypeError("the result is not a list");
  return result.map((wire: unknown) => {
    const { provider, health } = isRecord(wire) ? wire : {};
    if (typeof provider !== "string" || provider === "") throw new TypeError("an entry names no provider");
    return { keyProvider: provider, health: typeof health === "string" ? visible(health, 64) : "UNKNOWN" };
  });
}
