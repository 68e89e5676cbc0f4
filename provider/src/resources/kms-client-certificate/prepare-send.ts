// SPDX-License-Identifier: Apache-2.0
// The second check of what is sent: key, signing request and dates are checked by `check` as early as possible, and once more
// right before the PATCH, because files and dates change in between.

import { CodedError, RUNNING_COMMAND } from "../../core/coded-error";
import type { CertificateInfo } from "../../x509/certificate";
import { privateKeyWorks } from "../../x509/private-key";
import type { PrivateKeyInfo } from "../../x509/private-key";
import { checkDates } from "../../x509/rules";
import type { GivenPair } from "./given-pair";
import type { KmsClientCertificateInputs } from "./inputs";
import { assertKeyMatches, assertRequestMatches } from "./matches";
import { assertKeyIsGiven } from "./wanted-certificate";

/** What a replacement sends beside the certificate. @internal */
export interface PreparedSend {
  readonly privateKeyPem: string | undefined;
  /** What the clocks say against it, though it is sent. */
  readonly warnings: readonly string[];
}

/** The clocks by which dates are checked. @internal */
export interface Clocks {
  /** Milliseconds since 1970 by this machine. */
  readonly nowMs: number;
  /** The same by the server's `Date`; undefined before its first answer. */
  readonly serverDateMs?: number | undefined;
}

/** What is to be sent, and what it is checked against. @internal */
export interface PlannedSend {
  readonly certificate: CertificateInfo;
  readonly inputs: KmsClientCertificateInputs;
  readonly pair: GivenPair;
  /** Whether `certificateFile` must still hold the certificate. */
  readonly mustBeInFile: boolean;
  readonly clocks: Clocks;
}

/**
 * The second check, right before a certificate is sent: files, match and dates.
 *
 * @throws CodedError as the two of `matches`, and `ERR_CERTIFICATE_INVALID` for an expired certificate: it is never sent
 * @internal
 */
export async function prepareSend(planned: PlannedSend): Promise<PreparedSend> {
  const { certificate, inputs, pair, mustBeInFile, clocks } = planned;
  if (inputs.certificateFile !== undefined && mustBeInFile) await assertInFile(certificate, pair);
  if (inputs.signingRequest !== undefined) assertRequestMatches(certificate, inputs.signingRequest);
  const privateKey = await pair.privateKey();
  if (privateKey !== undefined) {
    assertKeyMatches(certificate, privateKey);
    assertKeyWorks(certificate, privateKey);
  }
  const findings = checkDates(certificate, { ...clocks, expiryWarningDays: 0, alreadyInState: false });
  const violations = findings.filter(({ level }) => level === "error");
  if (violations.length > 0) {
    throw new CodedError("ERR_CERTIFICATE_INVALID", violations.map(({ message }) => message).join("; "), {
      details: { violations: violations.map(({ rule }) => rule) },
    });
  }
  const warnings = findings.filter(({ level }) => level === "warning").map(({ message }) => message);
  return { privateKeyPem: privateKey?.pem, warnings };
}

async function assertInFile({ sha256Fingerprint }: CertificateInfo, pair: GivenPair): Promise<void> {
  const { certificates, hasPrivateKey } = await pair.certificatesOfFile();
  if (hasPrivateKey) assertKeyIsGiven(pair);
  if (certificates.some((each) => each.sha256Fingerprint === sha256Fingerprint)) return;
  const message = `certificateFile has changed since it was checked: it no longer holds the certificate with SHA-256 ${sha256Fingerprint}`;
  throw new CodedError("ERR_CERTIFICATE_FILE", message, {
    remedy: `run \`${RUNNING_COMMAND}\` again; nothing was sent`,
  });
}

/** A key with the right public numbers can still be damaged in its private ones. */
function assertKeyWorks(certificate: CertificateInfo, privateKey: PrivateKeyInfo): void {
  if (privateKeyWorks(certificate, privateKey)) return;
  const message = "the private key is damaged: the certificate does not verify what it signs";
  throw new CodedError("ERR_CERTIFICATE_INVALID", message, {
    details: { violations: ["key-damaged"] },
    remedy: "copy the key again from its source",
  });
}
