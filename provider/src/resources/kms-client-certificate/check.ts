// SPDX-License-Identifier: Apache-2.0
// The rules of certificate, key and signing request, before any request. Failures show in the preview. A certificate that is
// the state's needs no key: then none is read.

import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import { isCodedError } from "../../core/coded-error";
import type { CertificateInfo } from "../../x509/certificate";
import { checkCertificateRules, defaultExpiryWarningDays } from "../../x509/rules";
import { toCheckFailure } from "../check-failure";
import type { CheckCall } from "../resource-type";
import { conflictingInputs } from "./conflicting-inputs";
import { findWanted, isMissing } from "./find-wanted";
import { GivenPair, NotKnownYet } from "./given-pair";
import type { KmsClientCertificateInputs } from "./inputs";
import { assertKeyMatches, assertRequestMatches } from "./matches";
import { fingerprintOfPem } from "./wanted-certificate";

type Call = CheckCall<KmsClientCertificateInputs>;
/** Makes a failure of what is wrong with the input of this name. */
type Report = (error: unknown, name: string) => void;

/** Reads no key file for a certificate that is in the state. @internal */
export async function check(call: Call): Promise<readonly CheckFailure[]> {
  const { inputs, news, olds, providerProcess, redactor, subject } = call;
  const failures = conflictingInputs(news, olds);
  if (inputs.onDelete !== undefined) {
    providerProcess.notices.print(
      "info",
      'onDelete: "retain" is what every deletion does now; remove the input',
      subject,
    );
  }
  const reported = new Set<string>();
  // One file with both, or a key that is needed for the choice, fails twice for the same reason: it is told once.
  const report: Report = (error, name) => {
    const failure = toCheckFailure(error, redactor, name);
    const { message } = error as Error;
    if (!reported.has(message)) failures.push(failure);
    reported.add(message);
  };
  const pair = new GivenPair(inputs, { environment: providerProcess.access.environment, redactor, news });
  const wanted = await findWanted(call, pair, report);
  const inState = wanted !== undefined && wanted.sha256Fingerprint === fingerprintOfPem(olds["certificate"]);
  if (wanted !== undefined) failures.push(...applyRules(wanted, inState, !pair.hasKey, call));
  checkRequest(wanted, inState, call, report);
  if (!inState) await checkPrivateKey(wanted, pair, call, report);
  return failures;
}

function applyRules(
  certificate: CertificateInfo,
  alreadyInState: boolean,
  isHostsKey: boolean,
  call: Call,
): CheckFailure[] {
  const { providerProcess, inputs, subject, redactor } = call;
  const findings = checkCertificateRules(certificate, {
    nowMs: providerProcess.clock.wallMs(),
    expiryWarningDays: inputs.expiryWarningDays ?? defaultExpiryWarningDays(certificate),
    alreadyInState,
    isHostsKey,
  });
  // The findings quote the certificate alone, so they are not searched for keys (3 ms for RSA 2048, in every no-op).
  const plain = { urn: subject.urn, target: subject.target };
  const failures: CheckFailure[] = [];
  for (const { level, message } of findings) {
    if (level === "error") {
      failures.push({ property: "", reason: redactor.redact(`${message} [ERR_CERTIFICATE_INVALID]`) });
    } else if (level === "warning" || !alreadyInState) {
      providerProcess.notices.print(level, message, plain);
    }
  }
  return failures;
}

function checkRequest(
  wanted: CertificateInfo | undefined,
  inState: boolean,
  { inputs, providerProcess, subject }: Call,
  report: Report,
): void {
  const { signingRequest } = inputs;
  if (signingRequest === undefined) return;
  try {
    assertRequestMatches(wanted, signingRequest);
  } catch (error) {
    // A new request must not lock the stack until the CA has answered it.
    if (inState && isCodedError(error, "ERR_CERTIFICATE_INVALID")) {
      providerProcess.notices.print("warning", `${error.message}; ${error.remedy ?? ""}`, subject);
    } else report(error, "signingRequest");
  }
}

async function checkPrivateKey(
  wanted: CertificateInfo | undefined,
  pair: GivenPair,
  { providerProcess, inputs, subject }: Call,
  report: Report,
): Promise<void> {
  try {
    const key = await pair.privateKey();
    if (key !== undefined && wanted !== undefined) assertKeyMatches(wanted, key);
  } catch (error) {
    if (error instanceof NotKnownYet) return;
    if (isMissing(error)) {
      // The preview of a pull request has no keys; create and update fail before any request.
      providerProcess.notices.print(
        "warning",
        `${error.message}; the certificate cannot be applied without it`,
        subject,
      );
      return;
    }
    report(error, inputs.privateKey === undefined ? "privateKeyFile" : "privateKey");
  }
}
