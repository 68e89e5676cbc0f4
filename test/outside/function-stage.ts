// SPDX-License-Identifier: Apache-2.0
// Functions in this process against a simulated vCenter, and what every call must leave behind.

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Simulator, SimulatorOptions } from "../simulator";
import { startSimulator } from "../simulator";
import { SecretWatch } from "../support/in-process/secrets";
import { vcenterEnvironment } from "../support/vcenter-environment";

export const TARGET = { cluster: "domain-c8", keyProvider: "kms/1 a" };
const CLUSTERS = [
  { id: "domain-c8", keyProviders: [TARGET.keyProvider, "kms-2"] },
  { id: "domain-c9", state: "DISABLE" as const },
];

/** The vCenter of the running test. */
export let simulator: Simulator;
let secrets: SecretWatch;

/** Starts it, and sets the environment for it. */
export async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ clusters: CLUSTERS, taskDurationMs: { read: 5 }, ...options });
  secrets = new SecretWatch();
  secrets.addText("the password", simulator.password, simulator.user);
  Object.assign(process.env, vcenterEnvironment(simulator));
}

/** What every call must leave behind, whatever its end. */
export async function end(): Promise<void> {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("VSPHERE_TRUST_AUTHORITY_")) Reflect.deleteProperty(process.env, name);
  }
  try {
    assert.deepEqual(secrets.leaks(), []);
    for (const signal of ["SIGINT", "SIGTERM"]) assert.equal(process.listenerCount(signal), 0);
    simulator.assertClean();
  } finally {
    await simulator.close();
  }
}

/** What it must reject with, and that nothing is open then. */
export async function failure(running: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const error: unknown = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // An unhandled rejection ends the program at once: nothing may be open any more.
  assert.equal(simulator.openSessions(), 0);
  assert.ok(pulumi.RunError.isInstance(error), String(error));
  // Of an unhandled rejection the SDK prints the stack, if there is one.
  assert.equal(error.stack, "");
  secrets.addReadable("an error", JSON.stringify([error.message, error.stack]));
  return error;
}
