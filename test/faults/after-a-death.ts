// SPDX-License-Identifier: Apache-2.0
// How a provider process dies, and what the next run finds, for row 39.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { FaultRule } from "../simulator";
import { keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import type { SavedResource, Step } from "../support/crashes/saved-resource";
import type { DynamicProvider } from "../support/dynamic-provider";
import type { Scenario } from "../support/in-process";
import { until } from "../support/until";
import type { Phase } from "./coverage";
import type { Cell } from "./fault";
import { fault as anyFault } from "./fault";

/** One process at a time: its start takes a core. */
export function fault(row: number, phase: Phase, title: string, test: (cell: Cell) => Promise<void>): void {
  anyFault(row, phase, title, test, true);
}

/** Plans a kill, for when the process is in its phase. */
export type Plan = (s: Scenario, kill: () => void) => void;

/** A rule for one request, the `skip + 1`st of its kind. */
export type Rule = Pick<FaultRule & { match: object }, "match" | "skip" | "action">;

/** Dies when the request has come, before anything is done with it. */
export function onArrival(rule: Rule): Plan {
  return (s, kill) => s.simulator.faults.add({ ...rule, onMatch: kill });
}

/** Dies when half of the answer is there, and no more will come. */
export function onHalfAnAnswer(rule: Pick<Rule, "match" | "skip">): Plan {
  return ({ simulator }, kill) =>
    simulator.faults.add({
      ...rule,
      action: { kind: "stall", at: "body", applyThen: true },
      onApplied: () => void setTimeout(kill, 100),
    });
}

/** It is not read. */
export const UNREAD = { kind: "reset" } as const;
/** It is carried out, and not answered. */
export const DONE = { kind: "reset", applyThen: true } as const;

/** A new process, `up --refresh`, and an `up` that has nothing to do. */
export async function converge(cell: Cell, s: Scenario, resource: SavedResource, step: Step): Promise<void> {
  const { journal } = s.simulator;
  const logins = journal.logins();
  const provider = await startProvider(s, cell.closeAfter);
  assert.equal(await resource.upRefresh(provider, s.inputs()), step);
  assert.equal(journal.logins(), logins + 1);
  assert.equal(new X509Certificate(s.simulator.certificate() ?? "").fingerprint256, s.wanted.fingerprint);
  assert.equal(resource.saved?.outputs["sha256Fingerprint"], s.wanted.fingerprint);
  const requests = journal.count();
  assert.equal(await resource.up(provider, s.inputs()), "same");
  assert.equal(journal.count(), requests);
  assert.equal((await provider.stop()).signal, "SIGINT");
  keepForSecrets(s, provider);
}

/** Kills it at once. */
export function kill({ pid }: DynamicProvider): void {
  process.kill(pid, "SIGKILL");
}

/** It is gone. */
export async function assertDead(provider: DynamicProvider): Promise<void> {
  // It is gone already, so the signal reaches nobody.
  assert.equal((await provider.stop("SIGTERM")).signal, "SIGKILL");
}

/** Every task has run to its end. */
export async function untilTasksEnded({ simulator }: Scenario): Promise<void> {
  const running = (): boolean => simulator.tasks().some(({ endedAtMs }) => endedAtMs === undefined);
  await until("every task ends", () => !running());
}
