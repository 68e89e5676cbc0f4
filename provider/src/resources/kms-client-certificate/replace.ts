// SPDX-License-Identifier: Apache-2.0
// What create and update share: the wanted certificate, the second check of what is sent, the replacement, and its outputs.

import type { Operation } from "../../kms/operation";
import { replaceCertificate } from "../../kms/replace";
import type { Proof } from "../../kms/write";
import type { Properties } from "../../process/properties";
import type { CertificateInfo } from "../../x509/certificate";
import { certificateOutputs, previousOutputs } from "../certificate-outputs";
import type { WriteCall } from "../resource-type";
import { savedText } from "../saved-state";
import { GivenPair } from "./given-pair";
import type { KmsClientCertificateInputs } from "./inputs";
import { prepareSend } from "./prepare-send";
import type { Clocks, PreparedSend } from "./prepare-send";
import { chooseWanted, isOnePem, parseOne } from "./wanted-certificate";

type Call = WriteCall<KmsClientCertificateInputs>;

/** What `check` has put into the inputs, or what the file holds that was not there then. @internal */
export async function wantedCertificate(call: Call, operation: Operation): Promise<CertificateInfo> {
  const { inputs } = call;
  return parseOne(inputs.certificate) ?? (await chooseWanted(pairOf(call, operation), inputs, undefined)).leaf;
}

/** Fails before any request if certificate or key are not fit to be sent. @internal */
export async function prepareBeforeRequests(call: Call, wanted: CertificateInfo, operation: Operation): Promise<void> {
  await prepare(call, wanted, operation, { nowMs: call.providerProcess.clock.wallMs() });
}

/** Checks key and dates once more, then replaces. @internal */
export async function replace(
  call: Call,
  certificate: CertificateInfo,
  operation: Operation,
): Promise<Proof<CertificateInfo>> {
  const { providerProcess, state, urn } = call;
  const { api } = operation.connection;
  // The answer to the login tells the server's clock: the second witness of the certificate's dates.
  await api.login(operation.deadline);
  const nowMs = providerProcess.clock.wallMs();
  const aheadMs = api.serverAheadMs();
  const serverDateMs = aheadMs === undefined ? undefined : nowMs + aheadMs;
  const { privateKeyPem, warnings } = await prepare(call, certificate, operation, { nowMs, serverDateMs });
  for (const warning of warnings) providerProcess.notices.print("warning", warning, { urn, target: operation.target });
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
    ...certificateOutputs(live, isOnePem(inputs.certificate, live) ? inputs.certificate : undefined),
    ...previousOutputs(olds, live, replaced),
    ...(taskId === undefined ? {} : { taskId }),
  };
}

function prepare(
  call: Call,
  certificate: CertificateInfo,
  operation: Operation,
  clocks: Clocks,
): Promise<PreparedSend> {
  // What the state says is restored: its file may hold the next one already.
  const mustBeInFile = savedText(call.olds, "sha256Fingerprint") !== certificate.sha256Fingerprint;
  return prepareSend({ certificate, inputs: call.inputs, pair: pairOf(call, operation), mustBeInFile, clocks });
}

/** Each reads the files anew. */
function pairOf({ providerProcess, inputs, keys }: Call, { deadline }: Operation): GivenPair {
  return new GivenPair(inputs, {
    environment: providerProcess.access.environment,
    redactor: keys,
    signal: deadline.signal,
  });
}
