// SPDX-License-Identifier: Apache-2.0
// The table of behaviours is played on the lowest release of Pulumi's SDK: that must be the one that the package allows.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

function manifestOf(folder: string): { readonly version: string; readonly peerDependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(__dirname, "../..", folder, "package.json"), "utf8")) as ReturnType<
    typeof manifestOf
  >;
}

it("the lowest release that the tests use is the lowest release that the package allows", (t) => {
  const { version } = manifestOf("node_modules/pulumi-sdk-floor");
  assert.equal(manifestOf("provider").peerDependencies["@pulumi/pulumi"], `^${version}`);
  t.diagnostic(`@pulumi/pulumi ${version} and ${manifestOf("node_modules/@pulumi/pulumi").version}`);
});
