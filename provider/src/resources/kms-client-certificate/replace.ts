// SPDX-License-Identifier: Apache-2.0
// What create and update share: the second check of key and dates, the replacement, and its outputs.

import type { Operation } from "../../kms/operation";
import { replaceCertificate } from "../../kms/replace";
import type { Proof } from "../../kms/write";
import type { Properties } from "../../process/properties";
import type { CertificateInfo } from "../../x509/certificate";
import { certificateOutputs, previousOutputs } from "../certificate-outputs";
import type { WriteCall } from "../resource-type";
import { prepareDesired } from "./desired";
import type { Clocks, DesiredCertificate } from "./desired";
import type { KmsClientCertificateInputs } from "./inputs";

type Call = WriteCall<KmsClientCertificateInputs>;

/** Fails before any request if certificate or key are not fit to be sent. @internal */
export async function prepareBeforeRequests(call: Call): Promise<void> {
  await prepare(call, { nowMs: call.process.clock.wallMs() });
}

/** Checks key and dates once more, then replaces. @internal */
export async function replace(call: Call, operation: Operation): Promise<Proof<CertificateInfo>> {
  const { process, state, urn } = call;
  const { api } = operation.connection;
  // The answer to the login tells the server's clock: the second witness of the certificate's dates.
  await api.login(operation.deadline);
  const nowMs = process.clock.wallMs();
  const aheadMs = api.serverAheadMs();
  const serverDateMs = aheadMs === undefined ? undefined : nowMs + aheadMs;
  const { certificate, privateKeyPem, warnings } = await prepare(call, { nowMs, serverDateMs });
  for (const warning of warnings) process.notices.print("warning", warning, { urn, target: operation.target });
  call.sends({ fingerprint: certificate.sha256Fingerprint });
  return replaceCertificate(operation, {
    certificatePem: certificate.pem,
    privateKeyPem,
    sha256Fingerprint: certificate.sha256Fingerprint,
    earlierTaskIds: [state.taskId, state.pending?.taskId].filter((id) => id !== undefined),
  });
}

/** The outputs of a certificate that the server was proved to hold, in place of `replaced` if that was read. @internal */
export function heldOutputs(
  { inputs, olds }: Call,
  { live, taskId }: Proof<CertificateInfo>,
  replaced?: CertificateInfo,
): Properties {
  return {
    ...certificateOutputs(live, inputs.certificate),
    ...previousOutputs(olds, live, replaced),
    ...(taskId === undefined ? {} : { taskId }),
  };
}

async function prepare({ inputs, keys }: Call, clocks: Clocks): Promise<DesiredCertificate> {
  const desired = await prepareDesired(inputs, clocks);
  if (desired.privateKeyPem !== undefined) keys.addPem(desired.privateKeyPem);
  return desired;
}
