// SPDX-License-Identifier: Apache-2.0
// The rules of certificate and key, before any request. Failures show in the preview.

import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import { isCodedError } from "../../core/coded-error";
import { parseCertificate } from "../../x509/certificate";
import type { CertificateInfo } from "../../x509/certificate";
import { checkCertificateRules } from "../../x509/rules";
import { toCheckFailure } from "../check-failure";
import { isGiven, isUnknown } from "../decode-inputs";
import type { CheckCall } from "../resource-type";
import { assertKeyMatches, fingerprintOf, readPrivateKey } from "./desired";
import type { KmsClientCertificateInputs } from "./inputs";

type Call = CheckCall<KmsClientCertificateInputs>;

/** Reads no file but the key's. @internal */
export async function check(call: Call): Promise<readonly CheckFailure[]> {
  const { inputs, news, process, subject } = call;
  const failures: CheckFailure[] = [];
  if (isGiven(news["privateKey"]) && isGiven(news["privateKeyFile"])) {
    const reason = "privateKey and privateKeyFile are both given; keep one of them [ERR_INPUT_INVALID]";
    failures.push({ property: "", reason });
  }
  if (inputs.onDelete !== undefined) {
    process.notices.print("info", 'onDelete: "retain" is what every deletion does now; remove the input', subject);
  }
  const certificate = parse(call, failures);
  if (certificate !== undefined) failures.push(...applyRules(certificate, call));
  const keyFailure = await checkPrivateKey(certificate, call);
  return keyFailure === undefined ? failures : [...failures, keyFailure];
}

function parse({ inputs, redactor }: Call, failures: CheckFailure[]): CertificateInfo | undefined {
  if (inputs.certificate === undefined) return undefined;
  try {
    return parseCertificate(inputs.certificate);
  } catch (error) {
    failures.push(toCheckFailure(error, redactor, "certificate"));
    return undefined;
  }
}

function applyRules(certificate: CertificateInfo, { process, inputs, olds, subject, redactor }: Call): CheckFailure[] {
  const old = olds["certificate"];
  const alreadyInState =
    old === inputs.certificate || (!isUnknown(old) && fingerprintOf(old) === certificate.sha256Fingerprint);
  const findings = checkCertificateRules(certificate, {
    nowMs: process.clock.wallMs(),
    expiryWarningDays: inputs.expiryWarningDays ?? 0,
    alreadyInState,
  });
  // The findings quote the certificate alone, so they are not searched for keys (3 ms for RSA 2048, in every no-op).
  const plain = { urn: subject.urn, target: subject.target };
  const failures: CheckFailure[] = [];
  for (const { level, message } of findings) {
    if (level === "error") {
      failures.push({ property: "", reason: redactor.redact(`${message} [ERR_CERTIFICATE_INVALID]`) });
    } else if (level === "warning" || !alreadyInState) {
      process.notices.print(level, message, plain);
    }
  }
  return failures;
}

async function checkPrivateKey(
  certificate: CertificateInfo | undefined,
  { process, inputs, subject, redactor }: Call,
): Promise<CheckFailure | undefined> {
  const { privateKey, privateKeyFile } = inputs;
  const name = privateKey === undefined ? "privateKeyFile" : "privateKey";
  try {
    // If both are given, that is reported already.
    const key = await readPrivateKey(
      privateKey === undefined ? { privateKey, privateKeyFile } : { privateKey, privateKeyFile: undefined },
    );
    if (key !== undefined && certificate !== undefined) assertKeyMatches(certificate, key);
    return undefined;
  } catch (error) {
    if (isCodedError(error, "ERR_KEY_FILE") && error.details.missing === true) {
      // The preview of a pull request has no keys; create and update fail before any request.
      process.notices.print("warning", `${error.message}; it must be there when the certificate is applied`, subject);
      return undefined;
    }
    return toCheckFailure(error, redactor, name);
  }
}
