// SPDX-License-Identifier: Apache-2.0

// What every end-to-end test starts from: a simulated vCenter, and a stack whose program and provider reach it over TLS.
// What is done with them stands in the tests.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Simulator, SimulatorOptions } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { OperationResult, Stack, StackOptions } from "../support/engine/index";
import { makeStack } from "../support/engine/index";
import type { Traffic as Requests } from "../support/traffic";
import { NOTHING as NO_REQUESTS, takeTraffic } from "../support/traffic";

/** Everything that one test file plays with. */
export interface Scene {
  readonly simulator: Simulator;
  readonly stack: Stack;
  /** Writes what the program `declare.js` reads. */
  readonly declare: (...resources: readonly Declaration[]) => Promise<void>;
  /** Removes all; fails when a session was left open, or a fault was planned and not met. */
  readonly end: () => Promise<void>;
}

/** One resource of the program `declare.js`. */
export interface Declaration {
  /** The class; default KmsClientCertificate. */
  readonly type?: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What may differ from one scene to another. */
export interface SceneOptions {
  /** A file of `test/e2e/programs`; default `declare.js`. */
  readonly program?: string;
  /** More files of the program. */
  readonly files?: Readonly<Record<string, string>>;
  readonly simulator?: SimulatorOptions;
  /** False: the provider gets no connection through its environment. Default true. */
  readonly connected?: boolean;
  readonly stack?: Pick<StackOptions, "inline" | "config" | "secrets" | "environment" | "below" | "nodeDirectory">;
}

/** The clusters and key providers of a scene's vCenter unless it chooses others. */
export const CLUSTERS = [
  { id: "domain-c8", keyProviders: ["kms-1", "kms-2", "kms-3", "kms-4"] },
  { id: "domain-c9", keyProviders: ["kms-1"] },
];

/** Starts a vCenter and makes a stack for it. */
export async function makeScene(options: SceneOptions = {}): Promise<Scene> {
  const simulator = await startSimulator({ clusters: CLUSTERS, ...options.simulator });
  const stack = await makeStack({
    program: { "index.js": readProgram(options.program ?? "declare.js"), ...options.files },
    ...(options.connected === false ? {} : { simulator }),
    ...options.stack,
  }).catch(async (error: unknown) => {
    await simulator.close();
    throw error;
  });
  return {
    simulator,
    stack,
    declare: (...resources) => stack.writeFiles({ "resources.json": JSON.stringify(resources) }),
    end: async () => {
      try {
        simulator.assertClean();
      } finally {
        await stack.remove();
        await simulator.close();
      }
    },
  };
}

/** What a program declares of a certificate with its key. */
export function argsOf(
  { certificatePem: certificate, privateKeyPem: privateKey }: Pick<MadeCertificate, "certificatePem" | "privateKeyPem">,
  keyProvider = "kms-1",
): Record<string, string> {
  return { cluster: "domain-c8", keyProvider, certificate, privateKey };
}

/**
 * Returns a program's text.
 *
 * @param name - a file of `test/e2e/programs`.
 */
export function readProgram(name: string): string {
  return readFileSync(resolve(__dirname, "programs", name), "utf8");
}

/** Fails with everything that Pulumi printed unless the run succeeded. */
export async function succeeded(running: Promise<OperationResult>): Promise<OperationResult> {
  const result = await running;
  assert.equal(result.status, 0, `${result.stdout}\n${result.stderr}`);
  return result;
}

/**
 * Fails unless the run failed, saying `message`.
 *
 * @param message - looked for in what Pulumi printed, line breaks as they come.
 */
export async function failed(running: Promise<OperationResult>, message: RegExp): Promise<OperationResult> {
  const result = await running;
  assert.notEqual(result.status, 0, result.stdout);
  assert.match(result.stdout + result.stderr, message);
  return result;
}

/** The steps of a run, in the order of their ends, as `create kms`; a failed one as `create kms failed`. */
export function ops(result: OperationResult): string[] {
  return result.steps.map(({ op, name, failed: bad }) => `${op} ${name}${bad ? " failed" : ""}`);
}

/** What a vCenter has seen, and the sessions that are open now. */
export type Traffic = Requests & { readonly sessions: number };

export const NOTHING: Traffic = { ...NO_REQUESTS, sessions: 0 };

/** Counts what a vCenter has seen since it was asked last, and starts anew. */
export function traffic(simulator: Simulator): Traffic {
  return { ...takeTraffic(simulator), sessions: simulator.openSessions() };
}

/** Of {@link traffic} what does not depend on how long a task takes. */
export function writes(simulator: Simulator): Omit<Traffic, "requests" | "reads" | "healthReads"> {
  const { logins, patches, posts, sessions } = traffic(simulator);
  return { logins, patches, posts, sessions };
}

/** One login, one replacement, no session left. */
export const ONE_PATCH = { logins: 1, patches: 1, posts: 0, sessions: 0 };
