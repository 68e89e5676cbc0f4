// SPDX-License-Identifier: Apache-2.0
// Certificates that can be read, and that key servers or TLS libraries don't all take: what is said of them. The second table
// behind the docs' page on forms.

import { generateKeyPairSync } from "node:crypto";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { checkCertificateRules } from "../../../provider/src/x509/rules";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import type { CertificateRequest, MadeCertificate } from "../../fixtures/certificates/make";
import { armour, der, extension, makeOddCertificate, oid, time } from "../../fixtures/certificates/odd";
import type { OddCertificateRequest } from "../../fixtures/certificates/odd";

export interface MadeCase {
  readonly certificate: string;
  /** PKCS#8. */
  readonly key: string;
}

export interface CertificateCase {
  readonly name: string;
  readonly make: () => MadeCase | Promise<MadeCase>;
  readonly outcome: "taken" | "taken with a warning" | "refused";
  /** Of the text that is shown. */
  readonly says: RegExp;
  /** OpenSSL 3.5 of Node 24 and later does not read it at all. */
  readonly isUnreadableFor35?: true;
  /** Of what is sent, `go` reads everything else. */
  readonly isUnreadableForGo?: true;
}

const DAY_MS = 86_400_000;
/** Node 26 has it, Node 20 has 3.0. */
export const IS_OPENSSL_35 = Number.parseFloat(process.versions.openssl) >= 3.5;
const CLIENT_AUTH = extension("2.5.29.37", der(0x30, oid("1.3.6.1.5.5.7.3.2")));

const pairOf = ({ certificatePem, privateKeyPem }: MadeCertificate): MadeCase => ({
  certificate: certificatePem,
  key: privateKeyPem,
});

const issued = (request: CertificateRequest) => async (): Promise<MadeCase> =>
  pairOf(await makeCertificate({ ca: await makeCa(), ...request }));

/** Its dates are near, and it is for clients, unless the request says otherwise. */
const odd =
  (request: OddCertificateRequest, paramEncoding: "named" | "explicit" = "named") =>
  (): MadeCase => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding });
    const extensions = [CLIENT_AUTH, ...(request.extensions ?? [])];
    const dates = { notBefore: time(utcTime(-DAY_MS)), notAfter: time(utcTime(90 * DAY_MS)) };
    return {
      certificate: armour("CERTIFICATE", makeOddCertificate({ publicKey, ...dates, ...request, extensions })),
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  };

/** YYMMDDhhmmssZ. */
function utcTime(fromNowMs: number): string {
  return `${generalizedTime(fromNowMs).slice(2)}Z`;
}

function generalizedTime(fromNowMs: number): string {
  return new Date(Date.now() + fromNowMs).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
}

const names = (count: number): string[] =>
  Array.from({ length: count }, (_none, at) => `host-${at}.clients.example.com`);

export const CERTIFICATE_CASES: readonly CertificateCase[] = [
  { name: "extendedKeyUsage clientAuth", make: issued({}), outcome: "taken", says: /^$/ },
  {
    name: "no extendedKeyUsage",
    make: issued({ eku: [] }),
    outcome: "taken with a warning",
    says: /PyKMIP/,
  },
  {
    name: "extendedKeyUsage any",
    make: issued({ eku: ["any"] }),
    outcome: "taken with a warning",
    says: /anyExtendedKeyUsage/,
  },
  {
    name: "extendedKeyUsage serverAuth only",
    make: issued({ eku: ["serverAuth"] }),
    outcome: "refused",
    says: /serverAuth/,
  },
  {
    name: "keyUsage keyAgreement only",
    make: issued({ keyUsage: ["keyAgreement"] }),
    outcome: "taken with a warning",
    says: /lacks digitalSignature.*some key servers/,
  },
  {
    name: "keyUsage keyEncipherment only",
    make: issued({ keyUsage: ["keyEncipherment"] }),
    outcome: "refused",
    says: /lacks digitalSignature/,
  },
  {
    name: "a critical extension that nobody knows",
    make: odd({ extensions: [der(0x30, oid("1.2.3.4"), der(1, Buffer.from([0xff])), der(4, der(5)))] }),
    outcome: "taken with a warning",
    says: /1\.2\.3\.4/,
  },
  {
    name: "a date without seconds (UTCTime)",
    make: odd({ notBefore: time(`${utcTime(-DAY_MS).slice(0, 10)}Z`) }),
    outcome: "refused",
    says: /without seconds/,
    isUnreadableFor35: true,
  },
  {
    name: "a date with a fraction of a second (GeneralizedTime)",
    make: odd({ notAfter: time(`${generalizedTime(90 * DAY_MS)}.5Z`) }),
    outcome: "refused",
    says: /with a fraction/,
  },
  {
    name: "an EC key that spells out its curve",
    make: odd({}, "explicit"),
    outcome: "refused",
    says: /spells out its curve/,
  },
  {
    name: "an RSA key of 2048 bits",
    make: issued({ keyType: "rsa-2048" }),
    outcome: "taken with a warning",
    says: /2048/,
  },
  { name: "an RSA key of 3072 bits", make: issued({ keyType: "rsa-3072" }), outcome: "taken", says: /^$/ },
  { name: "an EC key on P-384", make: issued({ keyType: "p384" }), outcome: "taken", says: /^$/ },
  { name: "an EC key on P-521", make: issued({ keyType: "p521" }), outcome: "taken", says: /^$/ },
  {
    name: "a signature in RSASSA-PSS",
    make: async () => pairOf(await makeCertificate({ keyType: "rsa-3072", signatureHash: "pss" })),
    outcome: "taken with a warning",
    says: /RSASSA-PSS/,
  },
  {
    name: "a negative serial number",
    make: odd({ serial: Buffer.from([0x80]) }),
    outcome: "taken with a warning",
    says: /serial number.*Go/,
    isUnreadableForGo: true,
  },
  {
    name: "the serial number 0",
    make: odd({ serial: Buffer.from([0]) }),
    outcome: "taken with a warning",
    says: /serial number/,
  },
  { name: "1,000 names", make: issued({ dnsNames: names(1_000) }), outcome: "taken", says: /^$/ },
  {
    name: "1,700 names, more than 64 KiB",
    make: issued({ dnsNames: names(1_700) }),
    outcome: "refused",
    says: /limit of 64 KiB/,
  },
];

/** What is made of a certificate that is new, and the text that is shown. */
export function outcomeOf(certificate: string): {
  readonly outcome: CertificateCase["outcome"];
  readonly text: string;
} {
  try {
    const findings = checkCertificateRules(parseCertificate(certificate), {
      nowMs: Date.now(),
      expiryWarningDays: 30,
      alreadyInState: false,
    });
    const text = findings.map(({ message }) => message).join("; ");
    if (findings.some(({ level }) => level === "error")) return { outcome: "refused", text };
    return { outcome: findings.some(({ level }) => level === "warning") ? "taken with a warning" : "taken", text };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { outcome: "refused", text: `${error.message}. Remedy: ${error.remedy ?? "none"}` };
  }
}
