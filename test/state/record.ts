// SPDX-License-Identifier: Apache-2.0

// Records the state that this release writes, for the upgrade test of all later ones: run it once before a release, and
// keep its files for ever. `node --import tsx test/state/record.ts` writes test/state/<version>.json and
// <version>-not-finished.json.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { makeScene, succeeded } from "../e2e/scene";
import { makeSigningRequest } from "../fixtures/certificates/make";
import { CLUSTERS, declarationsOf, filesOf, makePairs } from "./declared";
import { generalize } from "./placeholders";

const RUNNING = { kind: "taskScript", script: { steps: [{ status: "RUNNING" }] } } as const;

async function main(): Promise<void> {
  const manifest = readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const [pair, pending] = await makePairs(2);
  if (pair === undefined || pending === undefined) throw new Error("no pairs");
  const signingRequest = await makeSigningRequest();
  const scene = await makeScene({ simulator: { clusters: CLUSTERS } });
  const { simulator, stack } = scene;
  const save = async (name: string): Promise<void> => {
    const actual = { server: `${simulator.host}:${simulator.port}`, pair, pending, signingRequest };
    const state = JSON.parse((await stack.exportState()).text, withoutPaths) as unknown;
    const text = `${generalize(JSON.stringify(state, undefined, 2), actual)}\n`;
    writeFileSync(resolve(__dirname, `${name}.json`), text);
  };
  try {
    // Adopted: what is there is known to the recording.
    simulator.setCertificate(pair.certificatePem, "domain-c8", "kms-3");
    simulator.setCsr(signingRequest.csrPem, "domain-c8", "kms-4");
    await stack.writeFiles(filesOf(pair));
    await scene.declare(...declarationsOf(pair));
    await succeeded(stack.up());
    await save(version);

    // kms-1, 3 and 4 have a task that runs on; kms-5 waits for the key server.
    simulator.faults.add({ match: { operation: "patch", path: /\/kms-1\// }, action: RUNNING });
    for (const operation of ["post", "createCsr"] as const) {
      simulator.faults.add({ match: { operation }, action: RUNNING });
    }
    simulator.setHealth("ERROR", "domain-c8", "kms-5");
    await stack.writeFiles(filesOf(pending));
    const [first, , ...others] = declarationsOf(pending, { trigger: "second", timeoutSeconds: 2 });
    const [, full] = declarationsOf(pair);
    if (first === undefined || full === undefined) throw new Error("nothing is declared");
    await scene.declare({ ...first, args: { ...first.args, timeoutSeconds: 2 } }, full, ...others);
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
