// SPDX-License-Identifier: Apache-2.0
// `check` of every type: settings, inputs and claims, then the type's own rules; every failure at once.

import type { CheckFailure, CheckResult } from "@pulumi/pulumi/dynamic";
import { Redactor } from "../core/redact";
import type { Fingerprinted } from "../kms/make-another";
import type { NoticeSubject } from "../process/notices";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import { warnOfTlsSettings } from "../process/tls-warnings";
import { toCheckFailure } from "../resources/check-failure";
import { addSecrets, decodeInputs, urnOf } from "../resources/decode-inputs";
import type { CommonInputs } from "../resources/input-decoders";
import type { ResourceType } from "../resources/resource-type";

/** Validates the inputs of a resource; sends nothing. Unknown values pass. @internal */
export async function check<I extends CommonInputs, L extends Fingerprinted>(
  providerProcess: ProviderProcess,
  type: ResourceType<I, L>,
  olds: Properties,
  news: Properties,
): Promise<CheckResult<Properties>> {
  const { inputs, failures: inputFailures } = decodeInputs(type.inputs, news);
  const failures: CheckFailure[] = inputFailures.map(({ property, reason }) => ({
    property,
    reason: `${reason} [ERR_INPUT_INVALID]`,
  }));
  const redactor = new Redactor();
  addSecrets(redactor, type.inputs, inputs);
  const { cluster, keyProvider } = inputs;
  const target = cluster === undefined || keyProvider === undefined ? undefined : { cluster, keyProvider };
  const subject: NoticeSubject = { urn: urnOf(news), target, redactor };
  const resolved = providerProcess.access.where();
  if ("problems" in resolved) for (const problem of resolved.problems) failures.push(toCheckFailure(problem, redactor));
  else warnOfTlsSettings(providerProcess);
  const claimed = claim(providerProcess, type.slot, subject);
  if (claimed !== undefined) failures.push(claimed);
  let put: Properties = {};
  const puts = (more: Properties): void => {
    put = { ...put, ...more };
  };
  failures.push(...(await type.check({ providerProcess, inputs, news, olds, subject, redactor, puts })));
  return { inputs: { ...news, ...put }, failures };
}

function claim(
  providerProcess: ProviderProcess,
  slot: "certificate" | "csr",
  subject: NoticeSubject,
): CheckFailure | undefined {
  const { target, urn } = subject;
  if (target === undefined) return undefined;
  const owner = providerProcess.claims.claim(slot, providerProcess.targetKey(target), urn);
  if (owner === undefined) return undefined;
  return {
    property: "",
    reason: `the ${slot === "csr" ? "signing request" : "certificate"} of key provider "${target.keyProvider}" in cluster "${target.cluster}" is managed twice in this program: by ${owner} and by ${urn ?? "this resource"}. Remove one of them [ERR_INPUT_INVALID]`,
  };
}
