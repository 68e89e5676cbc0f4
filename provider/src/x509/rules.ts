// SPDX-License-Identifier: Apache-2.0
// What a certificate must be like before it is sent to the clients of a key server: all rules. That a private key
// belongs to it is not one of them: a mismatch is an error whatever the state holds.

import type { CertificateInfo } from "./certificate-info";
import type { ExtensionsInfo } from "./extensions";
import { parseExtensions, RSASSA_PSS_OID } from "./extensions";
import type { CertificateRuleOptions, Finding } from "./finding";
import { softenFindings } from "./finding";
import { ADVISED_RSA_BITS, ADVISED_RSA_EXPONENT, MAX_RSA_BITS, MIN_RSA_BITS, SUPPORTED_CURVES } from "./key-algorithms";
import { checkDates } from "./validity";

export type { CertificateRuleOptions, Finding } from "./finding";
export { checkDates, defaultExpiryWarningDays, spanOf } from "./validity";

/** Sources: RFC 5280, section 4.2.1.12. */
const ANY_EKU_OID = "2.5.29.37.0";
const SERVER_AUTH_OID = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH_OID = "1.3.6.1.5.5.7.3.2";
const SUPPORTED_KEYS = "use RSA of 2048 bits or more, or EC on P-256, P-384 or P-521";

/** Checks a certificate against every rule; an empty array means that all is well. */
export function checkCertificateRules(certificate: CertificateInfo, options: CertificateRuleOptions): Finding[] {
  const findings = [
    ...checkKey(certificate, options),
    // Reported only for a new certificate: verifying takes a tenth of the time of check and diff.
    ...(options.alreadyInState ? [] : checkSelfSigned(certificate)),
    ...checkStructure(certificate),
  ];
  return [...checkDates(certificate, options), ...softenFindings(findings, options.alreadyInState)];
}

function checkKey(certificate: CertificateInfo, options: CertificateRuleOptions): Finding[] {
  const { keyType, curve } = certificate;
  if (keyType === "rsa") return [...checkRsaBits(certificate, options), ...checkRsaExponent(certificate)];
  if (keyType === "ec" && SUPPORTED_CURVES.has(curve ?? "")) return [];
  if (keyType === "ec") {
    const message = `the certificate's key is on the curve ${curve ?? "unknown"}, which is not supported; ${SUPPORTED_KEYS}`;
    return [{ rule: "ec-curve", level: "error", message }];
  }
  const message = `the certificate's key type (${keyType}) is not supported; ${SUPPORTED_KEYS}`;
  return [{ rule: "key-type", level: "error", message }];
}

function checkRsaBits({ rsaBits = 0 }: CertificateInfo, { isHostsKey = false }: CertificateRuleOptions): Finding[] {
  const rule = "rsa-bits";
  if (rsaBits < MIN_RSA_BITS || rsaBits > MAX_RSA_BITS) {
    const message = `the certificate's RSA key has ${rsaBits} bits, vSphere takes ${MIN_RSA_BITS} to ${MAX_RSA_BITS}; make a new pair with ${ADVISED_RSA_BITS}`;
    return [{ rule, level: "error", message }];
  }
  if (rsaBits >= ADVISED_RSA_BITS || isHostsKey) return [];
  const message = `the certificate's RSA key has ${rsaBits} bits, which NIST deprecates after 2030; use ${ADVISED_RSA_BITS} for the next one`;
  return [{ rule, level: "warning", message }];
}

function checkRsaExponent({ rsaExponent = 0n }: CertificateInfo): Finding[] {
  if (rsaExponent >= ADVISED_RSA_EXPONENT && rsaExponent % 2n === 1n) return [];
  const seen = rsaExponent < 1n << 64n ? rsaExponent.toString() : "an even number above 2^64";
  const message = `the certificate's RSA exponent is ${seen}; make a new pair with 65537`;
  return [{ rule: "rsa-exponent", level: "warning", message }];
}

function checkSelfSigned({ subject, issuer, x509, publicKey }: CertificateInfo): Finding[] {
  // Not checkIssued: it also demands keyCertSign, which a self-signed client certificate rightly lacks.
  if (subject !== issuer || publicKey === undefined || !verifies(x509, publicKey)) return [];
  const message = "the certificate is self-signed; the key server must trust this very certificate";
  return [{ rule: "self-signed", level: "info", message }];
}

function verifies(x509: CertificateInfo["x509"], publicKey: NonNullable<CertificateInfo["publicKey"]>): boolean {
  try {
    return x509.verify(publicKey);
  } catch {
    return false;
  }
}

function checkStructure(certificate: CertificateInfo): Finding[] {
  let extensions: ExtensionsInfo;
  try {
    extensions = parseExtensions(certificate.der);
  } catch {
    const message = "the certificate's ASN.1 structure is not the one of RFC 5280; have it issued again";
    return [{ rule: "structure", level: "error", message }];
  }
  return [
    ...checkVersion(extensions),
    ...checkSerialNumber(certificate),
    ...checkDateForm(extensions),
    ...checkCurveForm(extensions),
    ...checkSignature(extensions),
    ...checkConstraints(extensions),
    ...checkKeyUsage(extensions),
    ...checkExtendedKeyUsage(certificate, extensions),
    ...checkCritical(extensions),
  ];
}

function checkVersion({ version }: ExtensionsInfo): Finding[] {
  if (version === 3) return [];
  const message = `the certificate has X.509 version ${version}; have it issued as version 3`;
  return [{ rule: "version", level: "error", message }];
}

function checkSerialNumber({ serialNumber }: CertificateInfo): Finding[] {
  if (!/^(-|0*$)/.test(serialNumber)) return [];
  const message =
    "the certificate's serial number is negative or zero, which RFC 5280 forbids (section 4.1.2.2): key servers written in Go refuse a negative one, newer ones in Python both; have it issued again";
  return [{ rule: "serial-number", level: "warning", message }];
}

function checkDateForm({ hasOddDate }: ExtensionsInfo): Finding[] {
  if (!hasOddDate) return [];
  const message =
    "the certificate has a date without seconds, with a fraction or with a time zone, which no TLS library accepts (RFC 5280, section 4.1.2.5); have it issued again";
  return [{ rule: "date-form", level: "error", message }];
}

function checkCurveForm({ hasExplicitCurve }: ExtensionsInfo): Finding[] {
  if (!hasExplicitCurve) return [];
  const message =
    "the certificate's EC key spells out its curve instead of naming it; make a new pair on a named curve";
  return [{ rule: "ec-explicit-curve", level: "error", message }];
}

function checkSignature({ brokenSignatureHash, signatureAlgorithm, signatureAlgorithmOid }: ExtensionsInfo): Finding[] {
  const findings: Finding[] = [];
  if (brokenSignatureHash) {
    const message = `the certificate is signed with ${brokenSignatureHash} (${signatureAlgorithm}); have it signed with SHA-256 or better`;
    findings.push({ rule: "signature-hash", level: "error", message });
  }
  if (signatureAlgorithmOid === RSASSA_PSS_OID) {
    const message =
      "the certificate is signed with RSASSA-PSS, which vSphere does not support for custom certificates; have it signed with PKCS#1 v1.5 or ECDSA";
    findings.push({ rule: "signature-pss", level: "warning", message });
  }
  return findings;
}

function checkConstraints({ isCa }: ExtensionsInfo): Finding[] {
  if (!isCa) return [];
  const message = "the certificate is a CA's (basicConstraints CA:true); give the client's own certificate";
  return [{ rule: "ca-certificate", level: "warning", message }];
}

function checkKeyUsage({ digitalSignature, keyAgreement }: ExtensionsInfo): Finding[] {
  if (digitalSignature !== false) return [];
  // OpenSSL takes keyAgreement from a client as well, and a TLS 1.3 handshake with it works: measured.
  const [level, who] = keyAgreement
    ? (["warning", "some key servers refuse"] as const)
    : (["error", "key servers refuse"] as const);
  const message = `the certificate's keyUsage lacks digitalSignature, without which ${who} a TLS client; have it issued with digitalSignature`;
  return [{ rule: "key-usage", level, message }];
}

function checkExtendedKeyUsage(certificate: CertificateInfo, { hasExtendedKeyUsage }: ExtensionsInfo): Finding[] {
  const rule = "extended-key-usage";
  const finding = (level: Finding["level"], problem: string): Finding[] => {
    return [
      { rule, level, message: `the certificate ${problem}; have it issued with clientAuth (${CLIENT_AUTH_OID})` },
    ];
  };
  if (!hasExtendedKeyUsage) {
    return finding("warning", "has no extendedKeyUsage: some key servers, such as PyKMIP, refuse it");
  }
  const purposes = certificate.extendedKeyUsage ?? [];
  if (purposes.includes(CLIENT_AUTH_OID)) return [];
  if (purposes.includes(ANY_EKU_OID)) {
    return finding("warning", "has anyExtendedKeyUsage without clientAuth: OpenSSL and Python refuse it as client");
  }
  if (purposes.length > 0 && purposes.every((oid) => oid === SERVER_AUTH_OID)) {
    const problem =
      "allows serverAuth only (extendedKeyUsage), so no key server takes it from a client, and public CAs no longer issue clientAuth";
    return [
      { rule, level: "error", message: `the certificate ${problem}; have it issued by a private CA, with clientAuth` },
    ];
  }
  return finding("error", `lacks clientAuth in its extendedKeyUsage (${listOf(purposes, "unreadable")})`);
}

function checkCritical({ unknownCritical }: ExtensionsInfo): Finding[] {
  if (unknownCritical.length === 0) return [];
  const message = `the certificate has a critical extension that TLS libraries don't know (${listOf(unknownCritical, "")}), so key servers refuse it; have it issued without the extension, or with it as not critical`;
  return [{ rule: "critical-extension", level: "warning", message }];
}

function listOf(oids: readonly string[], none: string): string {
  if (oids.length === 0) return none;
  const shown = oids.slice(0, 5).join(", ");
  return oids.length > 5 ? `${shown} and ${oids.length - 5} more` : shown;
}
