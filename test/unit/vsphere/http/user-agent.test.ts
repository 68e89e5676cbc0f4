// SPDX-License-Identifier: Apache-2.0
// The version that we send is the package's.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { USER_AGENT } from "../../../../provider/src/vsphere/http/user-agent";

it("the User-Agent names the package and its version", () => {
  const file = join(__dirname, "../../../../provider/package.json");
  const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
  assert.equal(USER_AGENT, `${name}/${version}`);
});
