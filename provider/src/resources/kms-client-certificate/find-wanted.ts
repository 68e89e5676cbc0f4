// SPDX-License-Identifier: Apache-2.0
// The certificate that a program wants, as `check` finds it, and what it puts into the inputs: from then on there is one
// certificate in PEM, whatever the program gave.

import type { CodedError } from "../../core/coded-error";
import { isCodedError } from "../../core/coded-error";
import type { CertificateInfo } from "../../x509/certificate";
import { namesOf } from "../../x509/choose-certificate";
import { isUnknown, UNKNOWN } from "../decode-inputs";
import type { CheckCall } from "../resource-type";
import { NotKnownYet } from "./given-pair";
import type { GivenPair } from "./given-pair";
import type { KmsClientCertificateInputs } from "./inputs";
import { chooseWanted, fingerprintOfPem, isOnePem, parseOne } from "./wanted-certificate";

type Call = CheckCall<KmsClientCertificateInputs>;

/** Undefined if it is not known, is missing, or was reported as wrong. @internal */
export async function findWanted(
  call: Call,
  pair: GivenPair,
  report: (error: unknown, name: string) => void,
): Promise<CertificateInfo | undefined> {
  const { inputs, news, olds, providerProcess, subject } = call;
  const { certificate, certificateFile } = inputs;
  if (isUnknown(news["certificate"]) || (certificate === undefined && certificateFile === undefined)) return undefined;
  try {
    const inState = fingerprintOfPem(olds["certificate"]);
    const { leaf, leftOut } = await chooseWanted(pair, inputs, inState);
    if (certificate === undefined || !isOnePem(certificate, leaf)) call.puts({ certificate: leaf.pem });
    if (leftOut.length > 0 && leaf.sha256Fingerprint !== inState) {
      const which = `${leaf.subject} is sent, and not the ${leftOut.length} beside it: ${namesOf(leftOut)}`;
      providerProcess.notices.print("info", `of ${leftOut.length + 1} certificates, ${which}`, subject);
    }
    return leaf;
  } catch (error) {
    if (error instanceof NotKnownYet) {
      call.puts({ certificate: UNKNOWN });
      return undefined;
    }
    if (isMissing(error)) return keptCertificate(call, error);
    report(error, certificate === undefined ? "certificateFile" : "certificate");
    return undefined;
  }
}

/** That of the state, if the file is not there: CI may provide files only for the `up` that needs them. */
function keptCertificate(call: Call, error: CodedError): CertificateInfo | undefined {
  const { olds, providerProcess, subject } = call;
  const kept = parseOne(olds["certificate"]);
  if (kept !== undefined) call.puts({ certificate: olds["certificate"] });
  const then = kept === undefined ? "the certificate cannot be applied without it" : "the certificate stays as it is";
  providerProcess.notices.print("warning", `${error.message}; ${then}`, subject);
  return kept;
}

/** Whether a file, or the variable with the passphrase, is not there. @internal */
export function isMissing(error: unknown): error is CodedError {
  return isCodedError(error, "ERR_CERTIFICATE_FILE", "ERR_KEY_FILE") && error.details.missing === true;
}
