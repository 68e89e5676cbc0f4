// SPDX-License-Identifier: Apache-2.0
// Plays behaviours: a vCenter and a driver for each, and what must hold at the end of each (no session left, no rule
// unused, no unexpected request, no secret in any text).

import { before, describe, it } from "node:test";
import { makeScene as makeStackScene } from "../e2e/scene";
import { makeStage as makeHostScene } from "../integration/scene";
import type { SimulatorOptions } from "../simulator";
import { hostMethods } from "../support/driver/host-methods";
import { ProviderDriver } from "../support/driver/provider-driver";
import { StackDriver } from "../support/driver/stack-driver";
import { startScenario } from "../support/in-process";
import type { Behaviour, DriverKind, Stage, Subject } from "./behaviour";

const NAME = "kms";
const CLUSTERS = [
  { id: "domain-c8", keyProviders: ["kms-1", "kms-2"] },
  { id: "domain-c9", keyProviders: ["kms-1"] },
];
const TIMEOUT_MS = 240_000;

interface Opened {
  readonly stage: Stage;
  readonly end: () => Promise<void>;
}

/** Writes the tests of a table for one driver. @param atOnce - rows that are played side by side */
export function play(
  kind: DriverKind,
  makeSubject: () => Promise<Subject>,
  table: readonly Behaviour[],
  atOnce: number,
): void {
  const rows = table.filter(({ on = ["in process"] }) => on.includes(kind));
  describe(`on the driver "${kind}" (${makeSubject.name})`, { concurrency: atOnce }, () => {
    let subject: Subject;
    before(async () => {
      subject = await makeSubject();
    });
    for (const { name, vcenter, steps } of rows) {
      it(name, { timeout: TIMEOUT_MS }, async () => {
        const { stage, end } = await open(kind, subject, { clusters: CLUSTERS, ...vcenter });
        try {
          for (const step of steps) await step(stage);
        } catch (error) {
          await end().catch(() => undefined);
          throw error;
        }
        await end();
      });
    }
  });
}

function open(kind: DriverKind, subject: Subject, simulator: SimulatorOptions): Promise<Opened> {
  switch (kind) {
    case "in process":
      return openInProcess(kind, subject, simulator);
    case "host process":
      return openHostProcess(kind, subject, simulator, "newest");
    case "host process of the lowest SDK":
      return openHostProcess(kind, subject, simulator, "lowest");
    case "engine":
      return openEngine(kind, subject, simulator);
  }
}

/** With what only a driver that stands in for the engine can do. */
function staged(parts: Pick<Stage, "kind" | "subject" | "simulator"> & { readonly driver: ProviderDriver }): Stage {
  const { seed, onceChecked } = parts.driver;
  return { ...parts, seed, onceChecked, outcome: undefined };
}

async function openInProcess(kind: DriverKind, subject: Subject, options: SimulatorOptions): Promise<Opened> {
  const scenario = await startScenario({ simulator: options, type: subject.type });
  for (const { privateKeyPem, certificatePem } of subject.keys) scenario.secrets.addKey(privateKeyPem, certificatePem);
  const startRun = (): Promise<ReturnType<typeof scenario.providerProcess>["methods"]> =>
    Promise.resolve(scenario.providerProcess().methods);
  const driver = new ProviderDriver({ type: subject.type, name: NAME, startRun });
  return {
    stage: staged({ kind, subject, simulator: scenario.simulator, driver }),
    end: () => scenario.end(),
  };
}

async function openHostProcess(
  kind: DriverKind,
  subject: Subject,
  simulator: SimulatorOptions,
  sdk: "newest" | "lowest",
): Promise<Opened> {
  const scene = await makeHostScene({ simulator, sdk });
  for (const { privateKeyPem, certificatePem } of subject.keys) scene.watch.addKey(privateKeyPem, certificatePem);
  const driver = new ProviderDriver({
    type: subject.type,
    name: NAME,
    startRun: async () => {
      if (scene.isRunning) await scene.stop();
      return hostMethods(await scene.start(), (outcome) => {
        scene.keepForSecrets("an outcome", JSON.stringify(outcome));
      });
    },
  });
  return {
    stage: staged({ kind, subject, simulator: scene.simulator, driver }),
    end: () => scene.end(),
  };
}

async function openEngine(kind: DriverKind, subject: Subject, simulator: SimulatorOptions): Promise<Opened> {
  const scene = await makeStackScene({ simulator, stack: { inline: true } });
  const driver = new StackDriver({
    type: subject.type,
    name: NAME,
    stack: scene.stack,
    declare: (args) => scene.declare({ type: subject.type.className, name: NAME, args }),
  });
  return {
    stage: { kind, subject, simulator: scene.simulator, driver, outcome: undefined },
    end: () => scene.end(),
  };
}
