// SPDX-License-Identifier: Apache-2.0
// The package's own version, from its package.json.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** E.g. `0.2.0`. @internal */
export function packageVersion(): string {
  const text = readFileSync(join(__dirname, "../../package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
