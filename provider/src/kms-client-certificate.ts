// SPDX-License-Identifier: Apache-2.0
// The resource `KmsClientCertificate` as programs declare it. Nothing is validated here: `check` reports all at once.

import * as pulumi from "@pulumi/pulumi";
import { DynamicResource, isOfType } from "./dynamic-resource";
import { KMS_CLIENT_CERTIFICATE as TYPE } from "./registered-types";

/**
 * The arguments of a {@link KmsClientCertificate}. Changes of `cluster`, `keyProvider` or the provider's server replace
 * the resource; another certificate replaces the present one in place; the rest changes nothing on the server.
 *
 * @public
 */
export interface KmsClientCertificateArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
  /** The key provider's id, as vSphere's path parameter `provider`. */
  keyProvider: pulumi.Input<string>;
  /**
   * The certificate, PEM (RFC 7468). Text around the block and any line ends are accepted. Of several certificates the one
   * is sent that fits the key or the `signingRequest`, else the only one that is no CA. Exactly one of `certificate` and
   * `certificateFile`.
   */
  certificate?: pulumi.Input<string> | undefined;
  /**
   * Path of the certificate, relative to the program's directory: PEM, DER or PKCS#12, a regular file of 64 KiB at most. If
   * it also holds the private key, set `privateKeyFile` to the same path. It is read in every preview and `up`; if it is
   * not there, the certificate stays as it is.
   */
  certificateFile?: pulumi.Input<string> | undefined;
  /**
   * The certificate's private key, PEM (PKCS#1, PKCS#8 or SEC1); if it is encrypted, give a passphrase too. Always stored as
   * a secret. At most one of `privateKey` and `privateKeyFile`; neither: the certificate is signed from the hosts' last CSR.
   */
  privateKey?: pulumi.Input<string> | undefined;
  /**
   * Path of the private key, relative to the program's directory: PEM (other blocks may be around the key), DER or
   * PKCS#12, a regular file of 64 KiB at most. It is read when a new certificate is validated and again right before it is
   * sent. Only the path is ever stored.
   */
  privateKeyFile?: pulumi.Input<string> | undefined;
  /** Opens an encrypted key or a PKCS#12. Always stored as a secret. At most one of the three ways to give it. */
  passphrase?: pulumi.Input<string> | undefined;
  /** Path of a file with the passphrase, relative to the program's directory; line ends at its end are removed. */
  passphraseFile?: pulumi.Input<string> | undefined;
  /** Name of the environment variable with the passphrase, in the environment of `pulumi`. */
  passphraseEnv?: pulumi.Input<string> | undefined;
  /**
   * The signing request that the certificate was issued for, PEM (PKCS#10): the certificate must carry its public key. For
   * example `csr` of a `KmsClientCertificateSigningRequest`. It is never sent.
   */
  signingRequest?: pulumi.Input<string> | undefined;
  /** Seconds that one operation may take: login, replacement, wait, read-back; text as `config.get` gives it is fine. Default 300. */
  timeoutSeconds?: pulumi.Input<number | string> | undefined;
  /**
   * Days before `notAfter` from which every preview and up warns; fractions are allowed. Default: a third of the
   * certificate's lifetime, 30 at most.
   */
  expiryWarningDays?: pulumi.Input<number | string> | undefined;
  /** `"always"`: also read the server in every preview (one task). Default `"onRefresh"`. */
  detectDrift?: pulumi.Input<"onRefresh" | "always"> | undefined;
  /**
   * True: create reads first, sends nothing if the server holds this certificate already, and fails if it holds
   * another one. Default false: create replaces whatever is there.
   */
  adopt?: pulumi.Input<boolean> | undefined;
  /**
   * True: after a replacement wait, within `timeoutSeconds`, until vCenter reports that the key server accepts the
   * certificate (health OK). If it does not, the resource is saved as not finished, and the next `up` asks again without
   * sending the certificate. Default false: the health is read once, and anything but OK is said.
   */
  waitForHealth?: pulumi.Input<boolean> | undefined;
}

/**
 * The client certificate that the hosts of a vSphere Trust Authority cluster show to their key server (KMS).
 *
 * An `up` that changes it sends one PATCH, waits for vSphere's task, and succeeds only when the server was read back and
 * holds the certificate. An `up` that changes nothing sends nothing.
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { KmsClientCertificate } from "pulumi-vsphere-trust-authority";
 *
 * const certificate = new KmsClientCertificate("kms", {
 *   cluster: "domain-c8",
 *   keyProvider: "kms-1",
 *   certificate: readFileSync("client.pem", "utf8"),
 *   privateKeyFile: "client.key",
 * });
 * export const fingerprint = certificate.sha256Fingerprint;
 * ```
 * @public
 */
export class KmsClientCertificate extends DynamicResource {
  declare readonly cluster: pulumi.Output<string>;
  declare readonly keyProvider: pulumi.Output<string>;
  /** The certificate as PEM: as the program gave it, or as the server holds it if that is another one. */
  declare readonly certificate: pulumi.Output<string>;
  /** Only if the program gave it. */
  declare readonly timeoutSeconds: pulumi.Output<number | string | undefined>;
  /** The vCenter it lives on: lower-case host, `:port` unless 443. */
  declare readonly server: pulumi.Output<string>;
  /** SHA-256 of the DER, upper-case hex with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  declare readonly sha256Fingerprint: pulumi.Output<string>;
  /** One line, e.g. `CN=esx-ta, O=Example`. */
  declare readonly subject: pulumi.Output<string>;
  /** One line. */
  declare readonly issuer: pulumi.Output<string>;
  /** Upper-case hex. */
  declare readonly serialNumber: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notBefore: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notAfter: pulumi.Output<string>;
  /** SHA-256 of the certificate that the last update replaced, to revoke it at the key server; absent before an update. */
  declare readonly previousSha256Fingerprint: pulumi.Output<string | undefined>;
  /** Its serial number, upper-case hex. */
  declare readonly previousSerialNumber: pulumi.Output<string | undefined>;
  /** The vSphere task of the last replacement; absent until this resource has changed something. */
  declare readonly taskId: pulumi.Output<string | undefined>;

  /**
   * Declares the certificate of one key provider.
   *
   * @param name - the resource's name in the program
   * @param args - see {@link KmsClientCertificateArgs}
   * @param opts - resource options; `provider` may be a {@link TrustAuthorityProvider}; `customTimeouts` is refused
   */
  constructor(name: string, args: KmsClientCertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(TYPE, name, { ...inputsOf(args), ...DECLARED_OUTPUTS }, opts);
  }

  /**
   * Reads an existing certificate, without managing it.
   *
   * @param name - the resource's name in the program
   * @param id - `<cluster>/<keyProvider>`, each percent-encoded, e.g. `domain-c8/kms-1`
   * @param opts - resource options
   * @returns the resource; the `up` fails if it does not exist
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): KmsClientCertificate {
    return new KmsClientCertificate(name, {} as KmsClientCertificateArgs, { ...opts, id });
  }

  /**
   * Tells whether a value is a `KmsClientCertificate`, of this or another copy of the package.
   *
   * @param value - anything
   * @returns true if it is one
   */
  static override isInstance(value: unknown): value is KmsClientCertificate {
    return isOfType(value, TYPE);
  }
}

/** Named, so that the engine's answers become Outputs; `undefined`, so that they are not sent as inputs. */
const DECLARED_OUTPUTS = {
  server: undefined,
  sha256Fingerprint: undefined,
  subject: undefined,
  issuer: undefined,
  serialNumber: undefined,
  notBefore: undefined,
  notAfter: undefined,
  previousSha256Fingerprint: undefined,
  previousSerialNumber: undefined,
  taskId: undefined,
};

const PASSED_ON: readonly (keyof KmsClientCertificateArgs | "onDelete")[] = [
  "certificateFile",
  "privateKeyFile",
  "passphraseFile",
  "passphraseEnv",
  "signingRequest",
  "expiryWarningDays",
  "detectDrift",
  "adopt",
  "waitForHealth",
  "onDelete",
];

/**
 * Only what was given becomes an input: each one costs engine time, and defaults are the provider's. A name whose value is
 * `undefined` is no input, but costs an Output in the program; so only what is an output, too, is named without a value.
 */
function inputsOf(given: KmsClientCertificateArgs | undefined): pulumi.Inputs {
  // A program in JavaScript may leave them out: `check` says what is missing.
  const args: Partial<KmsClientCertificateArgs> = given ?? {};
  const { cluster, keyProvider, certificate, privateKey, passphrase, timeoutSeconds } = args;
  const inputs: pulumi.Inputs = { cluster, keyProvider, certificate, timeoutSeconds };
  if (privateKey !== undefined) inputs["privateKey"] = pulumi.secret(privateKey);
  if (passphrase !== undefined) inputs["passphrase"] = pulumi.secret(passphrase);
  // onDelete is no argument any more, but a program in JavaScript may still give it: `check` says what to do.
  const all: Readonly<Record<string, unknown>> = { ...args };
  for (const name of PASSED_ON) {
    if (all[name] !== undefined) inputs[name] = all[name];
  }
  return inputs;
}
