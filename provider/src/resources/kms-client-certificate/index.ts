// SPDX-License-Identifier: Apache-2.0
// The type `KmsClientCertificate`: a certificate made elsewhere, or signed from the hosts' CSR, that replaces what is there.

import { readCertificate } from "../../kms/read-certificate";
import type { CertificateInfo } from "../../x509/certificate";
import { CERTIFICATE_OUTPUTS, certificateOutputs, PREVIOUS_OUTPUTS, previousOutputs } from "../certificate-outputs";
import { driftWarning } from "../drift-warning";
import { pendingOf } from "../pending";
import type { ResourceType } from "../resource-type";
import { savedText } from "../saved-state";
import { check } from "./check";
import { create } from "./create";
import { differs } from "./differs";
import { INPUTS } from "./inputs";
import type { KmsClientCertificateInputs } from "./inputs";
import { update } from "./update";

/** @internal */
export const kmsClientCertificate: ResourceType<KmsClientCertificateInputs, CertificateInfo> = {
  noun: "client certificate",
  slot: "certificate",
  inputs: INPUTS,
  factNames: [...CERTIFICATE_OUTPUTS, ...PREVIOUS_OUTPUTS],
  afterDelete: "the certificate stays on the hosts (the API has no removal); it is no longer managed here",
  check,
  differs,
  create,
  update,
  read: readCertificate,
  refreshed: (live, saved) => {
    const before = savedText(saved, "sha256Fingerprint");
    const isSame = live.sha256Fingerprint === before;
    // An update of ours that was not seen to end has replaced what the state names; somebody else's change has not.
    const isAwaited = pendingOf(saved)?.fingerprint === live.sha256Fingerprint;
    const outputs = {
      ...certificateOutputs(live, isSame ? savedText(saved, "certificate") : undefined),
      ...(isAwaited ? previousOutputs(saved, live) : {}),
    };
    if (isSame) return { outputs, changedInputs: {} };
    const warning = isAwaited || before === undefined ? {} : { warning: driftWarning(live.sha256Fingerprint, before) };
    return { outputs, changedInputs: { certificate: live.pem }, ...warning };
  },
};
