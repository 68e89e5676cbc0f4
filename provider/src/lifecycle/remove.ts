// SPDX-License-Identifier: Apache-2.0
// `delete` of every type: the API has no removal, so nothing is sent, and that is said. Needs no settings and no network.

import { Redactor } from "../core/redact";
import type { Fingerprinted } from "../kms/make-another";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { toResourceError } from "../process/run-operation";
import type { CommonInputs } from "../resources/input-decoders";
import { fromId } from "../resources/key-provider-id";
import type { ResourceType } from "../resources/resource-type";

/** Ends the management of a resource. @internal */
export function remove<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  id: string,
  props: Properties,
): void {
  let target;
  try {
    target = fromId(id);
  } catch (error) {
    const request = { what: `Deleting the ${type.noun}`, command: "pulumi destroy" as const, keys: new Redactor() };
    throw toResourceError(providerProcess, request, error);
  }
  const kept = props["onDelete"] === "generateSelfSigned";
  const note = kept ? "; onDelete: generateSelfSigned is no longer carried out, no certificate was made" : "";
  providerProcess.notices.print(kept ? "warning" : "info", type.afterDelete + note, { urn: undefined, target });
}
