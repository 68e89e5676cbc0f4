// SPDX-License-Identifier: Apache-2.0
// What the package brings along at run time: its list for machines (CycloneDX, by npm itself), and the licences in it.

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** One package of the list. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly expression?: string; readonly license?: { readonly id?: string } }[];
}

/** The list, as far as it is looked at. */
export interface Sbom {
  readonly metadata: { readonly component: Record<string, unknown> };
  readonly components: readonly Component[];
}

/** Licences that a package under Apache-2.0 may bring along. */
const ALLOWED = new Set(["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause"]);

/** Makes the list. Pulumi's SDK is not in it: the program brings that itself. */
export function makeSbom(manifest: { readonly name: string; readonly version: string }): Sbom {
  const options = ["--sbom-format", "cyclonedx", "--sbom-type", "library", "--omit", "dev", "--omit", "peer"];
  const printed = execFileSync("npm", ["sbom", ...options, "--workspace", manifest.name], {
    cwd: resolve(__dirname, "../../.."),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const sbom = JSON.parse(printed) as Sbom;
  // npm calls the whole after the directory, and a workspace after its folder.
  const { name, version } = manifest;
  return {
    ...sbom,
    metadata: { ...sbom.metadata, component: { ...sbom.metadata.component, name, version } },
    components: sbom.components.filter((component) => component.name !== "provider" && component.name !== name),
  };
}

/** Packages whose licence is not one of those that we may bring along. */
export function foreignLicences({ components }: Sbom): string[] {
  return components
    .filter(({ licenses = [] }) => {
      const text = licenses.map(({ expression, license }) => expression ?? license?.id ?? "").join(" AND ");
      // "(A OR B)": one of them is enough.
      const choices = text.replace(/[()]/g, "").split(" OR ");
      return !choices.some((choice) => choice.split(" AND ").every((one) => ALLOWED.has(one)));
    })
    .map(({ name, version }) => `${name}@${version}`);
}
