// SPDX-License-Identifier: Apache-2.0
// The environment variables that lead to a vCenter.

/** How to reach a vCenter; a simulator has these fields. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Path of the PEM file of the CA that signed the server's certificate. */
  readonly caFile: string;
}

export function vcenterEnvironment({ host, port, user, password, caFile }: Connection): NodeJS.ProcessEnv {
  return {
    VSPHERE_TRUST_AUTHORITY_SERVER: `${host}:${port}`,
    VSPHERE_TRUST_AUTHORITY_USER: user,
    VSPHERE_TRUST_AUTHORITY_PASSWORD: password,
    VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: caFile,
  };
}
