// SPDX-License-Identifier: Apache-2.0

// Records the state that this release writes, for the upgrade test of all later ones: run it once before a release, and
// keep its files for ever. `node --import tsx test/state/record.ts` writes test/state/<version>.json and
// <version>-not-finished.json.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Declaration } from "../e2e/scene";
import { makeScene, succeeded } from "../e2e/scene";
import { makeCa, makeCertificate, makeSigningRequest } from "../fixtures/certificates/make";
import { HOST_MADE } from "./host-made";
import { generalize } from "./placeholders";

async function main(): Promise<void> {
  const manifest = readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  // The upgrade test makes certificates with these names.
  const named = { subject: "CN=esx-kms-client, O=Example", ca: await makeCa({ subject: "CN=Key Server CA" }) };
  const [pair, pending, signingRequest] = await Promise.all([
    makeCertificate(named),
    makeCertificate({ ...named, notAfter: new Date(Date.now() + 200 * 86_400_000) }),
    makeSigningRequest(),
  ]);
  const scene = await makeScene();
  const { simulator, stack } = scene;
  const save = async (name: string): Promise<void> => {
    const actual = {
      server: `${simulator.host}:${simulator.port}`,
      certificate: pair.certificatePem,
      pending: pending.certificatePem,
      signingRequest,
    };
    const state = JSON.parse((await stack.exportState()).text, withoutPaths) as unknown;
    const text = `${generalize(JSON.stringify(state, undefined, 2), actual)}\n`;
    writeFileSync(resolve(__dirname, `${name}.json`), text);
  };
  const resource = (keyProvider: string, more: object): Declaration => ({
    name: keyProvider,
    args: { cluster: "domain-c8", keyProvider, certificate: pair.certificatePem, ...more },
  });
  try {
    await stack.writeFiles({ "kms.key": pair.privateKeyPem, "pending.key": pending.privateKeyPem });
    const plain = resource("kms-1", { privateKeyFile: "kms.key" });
    const full = resource("kms-2", {
      privateKey: pair.privateKeyPem,
      timeoutSeconds: 60,
      expiryWarningDays: 10,
      detectDrift: "onRefresh",
      adopt: false,
    });
    // Adopted: what is there is known to the recording.
    simulator.setCertificate(pair.certificatePem, "domain-c8", "kms-3");
    simulator.setCsr(signingRequest.csrPem, "domain-c8", "kms-4");
    await scene.declare(plain, full, ...HOST_MADE);
    await succeeded(stack.up());
    await save(version);

    simulator.faults.add({
      match: { operation: "patch" },
      action: { kind: "taskScript", script: { steps: [{ status: "RUNNING" }] } },
    });
    const changed = { certificate: pending.certificatePem, privateKeyFile: "pending.key", timeoutSeconds: 1 };
    await scene.declare(resource("kms-1", changed), full, ...HOST_MADE);
    await stack.up();
    await save(`${version}-not-finished`);
  } finally {
    await scene.end();
  }
}

/** Pulumi notes where in the program, and on which disk, a resource was declared. */
function withoutPaths(key: string, value: unknown): unknown {
  return key === "sourcePosition" || key === "stackTrace" ? undefined : value;
}

void main();
