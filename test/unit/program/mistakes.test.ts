// SPDX-License-Identifier: Apache-2.0
// What a mistake in a program comes to: in the constructor, the compiler or the installation.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate } from "../../../provider/src/index";
import type { KmsClientCertificateArgs } from "../../../provider/src/index";
import { named, record, valueOf } from "./registrations";

const ARGS = { cluster: "domain-c8", keyProvider: "kms-1", certificate: "a certificate" };

describe("a mistake in the program", () => {
  it("of customTimeouts is told by the constructor, naming the resource and the cure", async () => {
    const seen = await record({});
    assert.throws(
      () => new KmsClientCertificate("kms", ARGS, { customTimeouts: { create: "5m" } }),
      (error: unknown) =>
        pulumi.RunError.isInstance(error) &&
        /"kms": customTimeouts has no effect on it; use timeoutSeconds/.test(error.message),
    );
    assert.deepEqual(seen, []);
  });

  it("of no arguments at all, in JavaScript, is left to check", async () => {
    const seen = await record({});
    const Untyped = KmsClientCertificate as unknown as new (name: string) => KmsClientCertificate;
    await valueOf(new Untyped("kms").urn);
    assert.deepEqual(Object.keys(named(seen, "kms").inputs).sort(), ["__provider", "__urn"]);
  });

  it("is told by the compiler if it is one of types", () => {
    const accept = (args: KmsClientCertificateArgs): KmsClientCertificateArgs => args;
    const mistakes: (() => KmsClientCertificateArgs)[] = [
      // @ts-expect-error -- no key provider
      () => accept({ cluster: "domain-c8", certificateFile: "client.pem" }),
      // @ts-expect-error -- seconds, as a number or as its text
      () => accept({ ...ARGS, timeoutSeconds: true }),
      // @ts-expect-error -- onDelete is no argument any more
      () => accept({ ...ARGS, onDelete: "retain" }),
      // @ts-expect-error -- not one of the two words
      () => accept({ ...ARGS, detectDrift: "never" }),
      // @ts-expect-error -- no such argument
      () => accept({ ...ARGS, key: "a key" }),
    ];
    assert.equal(mistakes.length, 5);
    // Absent and undefined are the same, also under exactOptionalPropertyTypes.
    const silent: KmsClientCertificateArgs = { ...ARGS, privateKey: undefined, adopt: undefined };
    assert.equal(silent.privateKey, undefined);
  });

  it("is told in the language of the program, and not as a failure of a module, outside mocks too", () => {
    const script = `
      process.chdir(require("node:os").tmpdir());
      const { KmsClientCertificate } = require(${JSON.stringify(join(__dirname, "../../../provider"))});
      try { new KmsClientCertificate("kms", {}); } catch (error) { process.stdout.write(error.message); }`;
    const { status, stdout } = runNode(script);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /"kms": "pulumi-vsphere-trust-authority\/lifecycle" is not found from .*direct dependency of the program .*not a devDependency.*the working directory is the cause: start the program, or the Automation API, from the directory of its package.json/,
    );
  });
});

function runNode(script: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], {
    cwd: join(__dirname, "../../.."),
    encoding: "utf8",
  });
  return { status, stdout };
}
