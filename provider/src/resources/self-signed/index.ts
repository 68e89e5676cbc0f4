// SPDX-License-Identifier: Apache-2.0
// The type `KmsSelfSignedClientCertificate`: a certificate that the hosts make themselves.

import { generateSelfSigned } from "../../kms/generate-self-signed";
import { readCertificate, readCertificateIfAny } from "../../kms/read-certificate";
import type { Properties } from "../../process/properties";
import type { CertificateInfo } from "../../x509/certificate";
import { CERTIFICATE_OUTPUTS, certificateOutputs, PREVIOUS_OUTPUTS, previousOutputs } from "../certificate-outputs";
import { driftWarning } from "../drift-warning";
import { createHostMade, updateHostMade } from "../made-by-hosts";
import type { HostMade } from "../made-by-hosts";
import { isReplaced, MUST_BE_REPLACED, pendingOf } from "../pending";
import type { ResourceType, WriteCall } from "../resource-type";
import { savedText } from "../saved-state";
import { differs, isDue, tooEarly } from "./expiry";
import { INPUTS } from "./inputs";
import type { SelfSignedInputs } from "./inputs";

const FACT_NAMES = [...CERTIFICATE_OUTPUTS, ...PREVIOUS_OUTPUTS] as const;

function hostMade(nowMs: number): HostMade<SelfSignedInputs, CertificateInfo> {
  return {
    inputs: INPUTS,
    factNames: FACT_NAMES,
    read: readCertificateIfAny,
    make: generateSelfSigned,
    outputs: (live, olds, before) => ({ ...certificateOutputs(live), ...previousOutputs(olds, live, before) }),
    isDue: (inputs, olds) => isDue(inputs, olds, nowMs),
  };
}

async function checked(
  call: WriteCall<SelfSignedInputs>,
  write: typeof createHostMade<SelfSignedInputs, CertificateInfo>,
): Promise<Properties> {
  const { providerProcess, inputs, urn } = call;
  const { cluster, keyProvider } = inputs;
  const outputs = await write(call, hostMade(providerProcess.clock.wallMs()));
  const warning = tooEarly(inputs, outputs);
  if (warning !== undefined)
    providerProcess.notices.print("warning", warning, { urn, target: { cluster, keyProvider } });
  return outputs;
}

/** @internal */
export const selfSigned: ResourceType<SelfSignedInputs, CertificateInfo> = {
  noun: "self-signed client certificate",
  slot: "certificate",
  inputs: INPUTS,
  factNames: FACT_NAMES,
  afterDelete: "the certificate stays on the hosts (the API has no removal); it is no longer managed here",
  check: () => [],
  differs,
  create: (call) => checked(call, createHostMade),
  update: (call) => checked(call, updateHostMade),
  read: readCertificate,
  refreshed: (live, saved) => {
    const outputs = certificateOutputs(live);
    const before = savedText(saved, "sha256Fingerprint");
    // A write of ours that was not seen to end has replaced what the state names; somebody else's change is drift.
    const isAwaited = isReplaced(pendingOf(saved)?.replaces, live);
    if (isAwaited) return { outputs: { ...outputs, ...previousOutputs(saved, live) }, changedInputs: {} };
    if (before === undefined || before === live.sha256Fingerprint) return { outputs, changedInputs: {} };
    const warning = driftWarning(live.sha256Fingerprint, before);
    return { outputs: { ...outputs, ...MUST_BE_REPLACED }, changedInputs: {}, warning };
  },
};
