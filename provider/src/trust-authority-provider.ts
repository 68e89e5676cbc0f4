// SPDX-License-Identifier: Apache-2.0
// The explicit provider, for programs that manage several vCenters. It is Pulumi's provider for dynamic resources with
// our config keys as inputs; each instance runs in a process of its own.

import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE, rememberInputs } from "./program-settings";
import { DYNAMIC_PACKAGE } from "./registered-types";

/**
 * The arguments of a {@link TrustAuthorityProvider}. What is left out comes from stack config
 * (`vsphere-trust-authority:…`), never from the environment. If a CA or a fingerprint is given, config's CA, fingerprint
 * and `allowUnverifiedTls` are ignored, since they would contradict it. If a password is given, config's is ignored.
 *
 * @public
 */
export interface TrustAuthorityProviderArgs {
  /** The Trust Authority vCenter: host, host:port or https URL. */
  server: pulumi.Input<string>;
  /** vCenter SSO account, e.g. `administrator@vsphere.local`. */
  user?: pulumi.Input<string> | undefined;
  /** Its password; stored as a secret. At most one of `password`, `passwordFile`, `passwordEnv`. */
  password?: pulumi.Input<string> | undefined;
  /** Path of a file with the password, relative to the program's directory; read at each login. */
  passwordFile?: pulumi.Input<string> | undefined;
  /** Name of an environment variable with the password; looked up at each run. */
  passwordEnv?: pulumi.Input<string> | undefined;
  /** PEM to trust instead of Node's own roots. */
  caCertificate?: pulumi.Input<string> | undefined;
  /** Path of such a file (PEM or DER), relative to the program's directory. */
  caCertificateFile?: pulumi.Input<string> | undefined;
  /** SHA-256 of the server's certificate, instead of a CA. */
  serverFingerprint?: pulumi.Input<string> | undefined;
  /** True only for a lab: no verification; warns every time. Default false. */
  allowUnverifiedTls?: pulumi.Input<boolean> | undefined;
}

const PASSWORD_KEYS = ["password", "passwordFile", "passwordEnv"] as const;
const TRUST_KEYS = ["caCertificate", "caCertificateFile", "serverFingerprint"] as const;

/**
 * A connection to one vCenter, for the `provider` option of resources.
 *
 * @example
 * ```ts
 * import { TrustAuthorityProvider } from "pulumi-vsphere-trust-authority";
 *
 * const east = new TrustAuthorityProvider("east", {
 *   server: "vcenter-ta-east.example.com",
 *   user: "rotator@vsphere.local",
 *   passwordEnv: "EAST_PASSWORD",
 * });
 * ```
 * @public
 */
export class TrustAuthorityProvider extends pulumi.ProviderResource {
  /**
   * Declares a connection.
   *
   * @param name - the provider's name in the program
   * @param args - see {@link TrustAuthorityProviderArgs}
   * @param opts - resource options
   * @throws Error if more than one of the ways to give the password is used
   */
  constructor(name: string, args: TrustAuthorityProviderArgs, opts?: pulumi.ResourceOptions) {
    if ((args as TrustAuthorityProviderArgs | undefined) === undefined) {
      throw new pulumi.RunError(`TrustAuthorityProvider "${name}": server is missing`);
    }
    if (PASSWORD_KEYS.filter((key) => args[key] !== undefined).length > 1) {
      throw new pulumi.RunError(
        `TrustAuthorityProvider "${name}": give only one of password, passwordFile and passwordEnv`,
      );
    }
    const inputs = namespaced(args);
    super(DYNAMIC_PACKAGE, name, inputs, opts);
    rememberInputs(this, inputs);
  }
}

function namespaced(args: TrustAuthorityProviderArgs): pulumi.Inputs {
  const config = new pulumi.Config(NAMESPACE);
  const inputs: Record<string, pulumi.Input<string> | undefined> = {
    // Tells the provider process that these are all the settings there are.
    explicitProvider: "true",
    server: args.server,
    user: args.user ?? config.get("user"),
  };
  const ownPassword = PASSWORD_KEYS.some((key) => args[key] !== undefined);
  const password = ownPassword ? args.password : config.getSecret("password");
  inputs["password"] = password === undefined ? undefined : pulumi.secret(password);
  inputs["passwordFile"] = args.passwordFile;
  inputs["passwordEnv"] = args.passwordEnv;
  const ownTrust = TRUST_KEYS.some((key) => args[key] !== undefined);
  for (const key of [...TRUST_KEYS, "allowUnverifiedTls"] as const) {
    const value = args[key] ?? (ownTrust ? undefined : config.get(key));
    inputs[key] = value === undefined ? undefined : pulumi.output(value).apply(String);
  }
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`${NAMESPACE}:${key}`, value]));
}
