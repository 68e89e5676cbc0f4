// SPDX-License-Identifier: Apache-2.0
// The versions of what takes part in the benchmarks of the engine.

import { findPulumiCli } from "../../pulumi-cli/index";
import { packageVersion } from "../package-version";

/** The packages, as they are installed; of Node the page tells by itself. */
export function packageVersions(): Readonly<Record<string, string>> {
  return {
    "pulumi-vsphere-trust-authority": packageVersion("pulumi-vsphere-trust-authority"),
    "@pulumi/pulumi": packageVersion("@pulumi/pulumi"),
    undici: packageVersion("undici", "provider"),
    "node-forge": packageVersion("node-forge", "provider"),
  };
}

/** The same, and the engine. */
export async function engineVersions(): Promise<Readonly<Record<string, string>>> {
  const { version, source } = await findPulumiCli();
  return { ...packageVersions(), "Pulumi CLI": `${version.replace(/^v/, "")} (${source})` };
}
