// SPDX-License-Identifier: Apache-2.0
// The resource `KmsSelfSignedClientCertificate` as programs declare it. Nothing is validated here: `check` reports all at
// once.

import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, isOfType } from "./dynamic-resource";
import { KMS_SELF_SIGNED as TYPE } from "./registered-types";

/**
 * The arguments of a {@link KmsSelfSignedClientCertificate}. Changes of `cluster`, `keyProvider` or the provider's server
 * replace the resource; changed `triggers`, drift and the end of validity make a new certificate in place.
 *
 * @public
 */
export interface KmsSelfSignedClientCertificateArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
  /** The key provider's id, as vSphere's path parameter `provider`. */
  keyProvider: pulumi.Input<string>;
  /** Any values; when one of them changes, the hosts make a new certificate. Default: none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type that @pulumi/command has
  triggers?: pulumi.Input<pulumi.Input<any>[]> | undefined;
  /** Hours before `notAfter` from which an `up` makes a new certificate; fractions are allowed. Default 0: after its end. */
  earlyRenewalHours?: pulumi.Input<number | string> | undefined;
  /** True: create takes the certificate that is there, and makes one only if there is none. Default false. */
  adopt?: pulumi.Input<boolean> | undefined;
  /** Seconds that one operation may take: login, write, wait, read-back; text as `config.get` gives it is fine. Default 300. */
  timeoutSeconds?: pulumi.Input<number | string> | undefined;
  /** Days before `notAfter` from which every preview and up warns. Default: a third of the certificate's lifetime, 30 at most. */
  expiryWarningDays?: pulumi.Input<number | string> | undefined;
}

/**
 * A client certificate that the hosts of a vSphere Trust Authority cluster make themselves, with a key that never leaves
 * them. The key server must be told to trust each new one.
 * @example
 * ```ts
 * import { KmsSelfSignedClientCertificate } from "pulumi-vsphere-trust-authority";
 *
 * const certificate = new KmsSelfSignedClientCertificate("kms", {
 *   cluster: "domain-c8",
 *   keyProvider: "kms-1",
 *   earlyRenewalHours: 24 * 14,
 * });
 * export const pem = certificate.certificate;
 * ```
 * @public
 */
export class KmsSelfSignedClientCertificate extends DynamicResource {
  declare readonly cluster: pulumi.Output<string>;
  declare readonly keyProvider: pulumi.Output<string>;
  /** Those that the present certificate was made for; only if the program gave them. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the input
  declare readonly triggers: pulumi.Output<any[] | undefined>;
  /** Only if the program gave it. */
  declare readonly timeoutSeconds: pulumi.Output<number | string | undefined>;
  /** The vCenter it lives on: lower-case host, `:port` unless 443. */
  declare readonly server: pulumi.Output<string>;
  /** The certificate, PEM. */
  declare readonly certificate: pulumi.Output<string>;
  /** SHA-256 of the DER, upper-case hex with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  declare readonly sha256Fingerprint: pulumi.Output<string>;
  /** One line, e.g. `CN=esx-ta, O=Example`; the hosts choose it. */
  declare readonly subject: pulumi.Output<string>;
  /** One line. */
  declare readonly issuer: pulumi.Output<string>;
  /** Upper-case hex. */
  declare readonly serialNumber: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notBefore: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  declare readonly notAfter: pulumi.Output<string>;
  /** SHA-256 of the certificate that the last update replaced; absent before the first update. */
  declare readonly previousSha256Fingerprint: pulumi.Output<string | undefined>;
  /** Serial number of the certificate that the last update replaced; absent before the first update. */
  declare readonly previousSerialNumber: pulumi.Output<string | undefined>;
  /** The vSphere task that made it; absent if it was adopted. */
  declare readonly taskId: pulumi.Output<string | undefined>;

  /**
   * Declares the self-signed certificate of one key provider.
   *
   * @param name - the resource's name in the program
   * @param args - see {@link KmsSelfSignedClientCertificateArgs}
   * @param opts - resource options; `provider` may be a {@link TrustAuthorityProvider}; `customTimeouts` is refused
   */
  constructor(name: string, args: KmsSelfSignedClientCertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
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
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts: pulumi.CustomResourceOptions = {},
  ): KmsSelfSignedClientCertificate {
    return new KmsSelfSignedClientCertificate(name, {} as KmsSelfSignedClientCertificateArgs, { ...opts, id });
  }

  /**
   * Tells whether a value is a `KmsSelfSignedClientCertificate`, of this or another copy of the package.
   *
   * @param value - anything
   * @returns true if it is one
   */
  static override isInstance(value: unknown): value is KmsSelfSignedClientCertificate {
    return isOfType(value, TYPE);
  }
}

/** Named, so that the engine's answers become Outputs; `undefined`, so that they are not sent as inputs. */
const DECLARED_OUTPUTS = {
  server: undefined,
  certificate: undefined,
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

/** What is an output, too, is named without a value; the rest only if it was given. */
function inputsOf(given: KmsSelfSignedClientCertificateArgs | undefined): pulumi.Inputs {
  // A program in JavaScript may leave them out: `check` says what is missing.
  const args: Partial<KmsSelfSignedClientCertificateArgs> = given ?? {};
  const { cluster, keyProvider, triggers, timeoutSeconds } = args;
  const inputs: pulumi.Inputs = { cluster, keyProvider, triggers, timeoutSeconds };
  for (const name of ["earlyRenewalHours", "adopt", "expiryWarningDays"] as const) {
    if (args[name] !== undefined) inputs[name] = args[name];
  }
  return inputs;
}
