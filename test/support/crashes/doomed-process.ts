// SPDX-License-Identifier: Apache-2.0
// Real provider processes before the simulator of a scenario, one after the other, as runs of the engine start them; and
// what an earlier run has left in the state file.

import assert from "node:assert/strict";
import { join } from "node:path";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import { ProviderFailure, startDynamicProvider } from "../dynamic-provider";
import type { DynamicProvider } from "../dynamic-provider";
import { errorOf } from "../error-of";
import type { Scenario } from "../in-process";
import { SavedResource } from "./saved-resource";

/** The directory from which the constant line finds the package. */
const ROOT = join(__dirname, "../../..");
/** gRPC's UNAVAILABLE: nobody answers any more. */
const UNAVAILABLE = 14;

/**
 * Starts a configured provider process.
 *
 * @param closeAfter - gets what kills it at the end of the test
 * @param more - added to the variables that lead to the simulator
 */
export async function startProvider(
  s: Scenario,
  closeAfter: (close: () => Promise<void>) => void,
  more: NodeJS.ProcessEnv = {},
): Promise<DynamicProvider> {
  const provider = await startDynamicProvider({ cwd: ROOT, environment: { ...s.environment, ...more } });
  closeAfter(async () => {
    await provider.stop("SIGKILL");
  });
  await provider.configure({});
  return provider;
}

/** What a process has shown is looked through for secrets at the end of the test. */
export function keepForSecrets(s: Scenario, { logs, output }: DynamicProvider): void {
  s.secrets.addReadable("the engine's log", JSON.stringify(logs));
  s.secrets.addReadable("stdout and stderr", JSON.stringify(output()));
}

/** Demands that a call was never answered, because its process is dead. */
export async function assertNeverAnswered(call: Promise<unknown>): Promise<void> {
  const error = await errorOf(call);
  assert.ok(error instanceof ProviderFailure, String(error));
  assert.equal(error.grpcCode, UNAVAILABLE, error.message);
  assert.equal(error.init, undefined);
}

/**
 * Puts a certificate on the server as an earlier run has done.
 *
 * @returns the certificate, and what that run has saved
 */
export async function earlierRun(s: Scenario): Promise<{ old: MadeCertificate; resource: SavedResource }> {
  const old = await makeCertificate();
  s.simulator.setCertificate(old.certificatePem);
  const inputs = { ...s.inputs(old) };
  const outputs = {
    ...s.inputs(old, { privateKey: undefined }),
    server: s.environment["VSPHERE_TRUST_AUTHORITY_SERVER"],
    sha256Fingerprint: old.fingerprint,
  };
  return { old, resource: new SavedResource({ id: s.id, inputs, outputs, notFinished: false }) };
}
