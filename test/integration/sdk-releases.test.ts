// SPDX-License-Identifier: Apache-2.0
// The constant line under every release of Pulumi's SDK that the package allows: here its ends, the lowest of
// peerDependencies and the newest that Node 20 bears.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import { makeScene } from "./scene";

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(__dirname, "../../node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;

describe("the golden line", () => {
  it("is tried on the lowest release that the package allows", () => {
    const file = readFileSync(join(__dirname, "../../provider/package.json"), "utf8");
    const { peerDependencies } = JSON.parse(file) as { peerDependencies: Record<string, string> };
    assert.equal(peerDependencies["@pulumi/pulumi"], `^${versionOf("pulumi-sdk-floor")}`);
  });

  for (const sdk of ["lowest", "newest"] as const) {
    it(`lives through create, refresh, update and delete under the ${sdk} SDK`, async (t) => {
      t.diagnostic(`@pulumi/pulumi ${versionOf(sdk === "lowest" ? "pulumi-sdk-floor" : "@pulumi/pulumi")}`);
      const [one, two] = await Promise.all([makeCertificate(), makeCertificate()]);
      const scene = await makeScene({ sdk });
      const { provider } = scene;
      const made = await provider.create(scene.inputs(one, "kms-1"));
      assert.equal((await provider.diff(made.id, made.properties, scene.inputs(one, "kms-1"))).changes, false);
      const read = await provider.read(made.id, made.properties);
      assert.equal(read.properties["sha256Fingerprint"], one.fingerprint);
      const updated = await provider.update(made.id, made.properties, scene.inputs(two, "kms-1"));
      assert.equal(updated["sha256Fingerprint"], two.fingerprint);
      await provider.delete(made.id, updated);
      assert.ok(scene.holds(two, "kms-1"));
      await scene.end();
    });
  }
});
