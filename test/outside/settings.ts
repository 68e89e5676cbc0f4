// SPDX-License-Identifier: Apache-2.0
// The variables that lead to a simulator.

import type { Simulator } from "../simulator";

/** What is set for a simulator whose CA is in a file. */
export function settingsOf({
  host,
  port,
  user,
  password,
  caFile,
}: Pick<Simulator, "host" | "port" | "user" | "password" | "caFile">): NodeJS.ProcessEnv {
  return {
    VSPHERE_TRUST_AUTHORITY_SERVER: `${host}:${port}`,
    VSPHERE_TRUST_AUTHORITY_USER: user,
    VSPHERE_TRUST_AUTHORITY_PASSWORD: password,
    VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: caFile,
  };
}

/** Removes every setting of ours. */
export function clearSettings(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith("VSPHERE_TRUST_AUTHORITY_")) Reflect.deleteProperty(environment, name);
  }
}
