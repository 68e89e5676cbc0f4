// SPDX-License-Identifier: Apache-2.0
// The resource `KmsClientCertificateSigningRequest` as programs declare it. Nothing is validated here: `check` reports all
// at once.

import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, isOfType } from "./dynamic-resource";
import { KMS_SIGNING_REQUEST as TYPE } from "./registered-types";

/**
 * The arguments of a {@link KmsClientCertificateSigningRequest}. Changes of `cluster`, `keyProvider` or the provider's
 * server replace the resource; changed `triggers` make a new signing request in place.
 *
 * @public
 */
export interface KmsClientCertificateSigningRequestArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
  /** The key provider's id, as vSphere's path parameter `provider`. */
  keyProvider: pulumi.Input<string>;
  /**
   * Any values; when one of them changes, the hosts make a new key and signing request. Certificates signed from the earlier
   * one can then no longer be installed. Default: none.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type that @pulumi/command has
  triggers?: pulumi.Input<pulumi.Input<any>[]> | undefined;
  /** True: create takes the signing request that is there, and makes one only if there is none. Default false. */
  adopt?: pulumi.Input<boolean> | undefined;
  /** Seconds that one operation may take: login, write, wait, read-back; text as `config.get` gives it is fine. Default 300. */
  timeoutSeconds?: pulumi.Input<number | string> | undefined;
}

/**
 * A key that the hosts of a vSphere Trust Authority cluster make and keep, and the certificate signing request (CSR) for it.
 *
 * Have a CA sign `csr`, and give the certificate to a `KmsClientCertificate`, without a private key. Both work in one
 * `pulumi up`.
 * @example
 * ```ts
 * import { KmsClientCertificate, KmsClientCertificateSigningRequest } from "pulumi-vsphere-trust-authority";
 *
 * // Your CA: the same certificate for the same request.
 * declare function sign(csr: string): Promise<string>;
 *
 * const request = new KmsClientCertificateSigningRequest("request", { cluster: "domain-c8", keyProvider: "kms-1" });
 * new KmsClientCertificate("kms", {
 *   cluster: "domain-c8",
 *   keyProvider: "kms-1",
 *   certificate: request.csr.apply(sign),
 *   signingRequest: request.csr,
 * });
 * ```
 * @public
 */
export class KmsClientCertificateSigningRequest extends DynamicResource {
  declare readonly cluster: pulumi.Output<string>;
  declare readonly keyProvider: pulumi.Output<string>;
  /** Those that the present signing request was made for; only if the program gave them. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the input
  declare readonly triggers: pulumi.Output<any[] | undefined>;
  /** Only if the program gave it. */
  declare readonly timeoutSeconds: pulumi.Output<number | string | undefined>;
  /** The vCenter it lives on: lower-case host, `:port` unless 443. */
  declare readonly server: pulumi.Output<string>;
  /** The signing request, PEM (PKCS#10). */
  declare readonly csr: pulumi.Output<string>;
  /** SHA-256 of the public key's SubjectPublicKeyInfo, upper-case hex with colons. */
  declare readonly publicKeySha256: pulumi.Output<string>;
  /** One line, e.g. `CN=esx-ta, O=Example`; the hosts choose it. */
  declare readonly subject: pulumi.Output<string>;
  declare readonly keyAlgorithm: pulumi.Output<"RSA" | "EC">;
  /** Of the RSA modulus or the curve. */
  declare readonly keyBits: pulumi.Output<number>;
  /** The vSphere task that made it; absent if it was adopted. */
  declare readonly taskId: pulumi.Output<string | undefined>;

  /**
   * Declares the signing request of one key provider.
   *
   * @param name - the resource's name in the program
   * @param args - see {@link KmsClientCertificateSigningRequestArgs}
   * @param opts - resource options; `provider` may be a {@link TrustAuthorityProvider}; `customTimeouts` is refused
   */
  constructor(name: string, args: KmsClientCertificateSigningRequestArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(TYPE, name, { ...inputsOf(args), ...DECLARED_OUTPUTS }, opts);
  }

  /**
   * Reads an existing signing request, without managing it.
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
  ): KmsClientCertificateSigningRequest {
    const args = {} as KmsClientCertificateSigningRequestArgs;
    return new KmsClientCertificateSigningRequest(name, args, { ...opts, id });
  }

  /**
   * Tells whether a value is a `KmsClientCertificateSigningRequest`, of this or another copy of the package.
   *
   * @param value - anything
   * @returns true if it is one
   */
  static override isInstance(value: unknown): value is KmsClientCertificateSigningRequest {
    return isOfType(value, TYPE);
  }
}

/** Named, so that the engine's answers become Outputs; `undefined`, so that they are not sent as inputs. */
const DECLARED_OUTPUTS = {
  server: undefined,
  csr: undefined,
  publicKeySha256: undefined,
  subject: undefined,
  keyAlgorithm: undefined,
  keyBits: undefined,
  taskId: undefined,
};

/** What is an output, too, is named without a value; `adopt` only if it was given. */
function inputsOf(given: KmsClientCertificateSigningRequestArgs | undefined): pulumi.Inputs {
  // A program in JavaScript may leave them out: `check` says what is missing.
  const args: Partial<KmsClientCertificateSigningRequestArgs> = given ?? {};
  const { cluster, keyProvider, triggers, timeoutSeconds, adopt } = args;
  return { cluster, keyProvider, triggers, timeoutSeconds, ...(adopt === undefined ? {} : { adopt }) };
}
