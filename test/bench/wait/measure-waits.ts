// SPDX-License-Identifier: Apache-2.0
// Runs the planned waits against one server. Most of a wait is sleep, so that they run side by side.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../../../provider/src/core/clock";
import { withDeadline } from "../../../provider/src/core/deadline";
import type { VCenterConnection } from "../../../provider/src/vsphere/connection";
import { getTask } from "../../../provider/src/vsphere/tasks/tasks";
import { connectTo } from "../scripted-vcenter/connect";
import { startScriptedVCenter } from "../scripted-vcenter/index";
import type { ScriptedVCenter } from "../scripted-vcenter/index";
import { monotonicMs } from "../scripted-vcenter/monotonic";
import type { PlannedWait } from "./plan";
import { WAITERS } from "./waiters";

/** One wait that was measured. */
export interface MeasuredWait extends PlannedWait {
  /** From the task's end to the waiter's report, milliseconds. */
  readonly lagMs: number;
  /** GETs of the task. */
  readonly looks: number;
}

/** What was measured, and how much of it is the fault of the measuring process. */
export interface MeasuredWaits {
  readonly waits: readonly MeasuredWait[];
  /** How late the timers of the measuring process fired, milliseconds: 99 % of them less than the first. */
  readonly timersLateMs: { readonly p99: number; readonly max: number };
}

/** Between the beginnings of two waits: few enough requests at once that nobody waits for a socket, milliseconds. */
const GAP_MS = 100;
const TIMEOUT_MS = 600_000;
/** As many as the HTTP client opens at most. */
const SOCKETS = 4;
/** A timer of this period tells how late timers are, milliseconds. */
const RESOLUTION_MS = 10;

/**
 * Measures waits in real time.
 *
 * @param planned - the waits, begun in this order
 * @param report - told of progress
 */
export async function measureWaits(
  planned: readonly PlannedWait[],
  report: (line: string) => void,
): Promise<MeasuredWaits> {
  const vcenter = await startScriptedVCenter();
  const connections = new Map(WAITERS.map((waiter) => [waiter, connectTo(vcenter.facts)]));
  // Each session is held from the first wait to the last: a login in between would count as lag.
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const sessions = [...connections.values()].map((connection) => connection.use(() => finished));
  const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  try {
    for (const connection of connections.values()) await warmUp(vcenter, connection);
    lateness.enable();
    let ended = 0;
    const waits = planned.map(async (wait, number) => {
      await sleep(number * GAP_MS);
      const measured = await measureWait(vcenter, connections.get(wait.waiter), wait);
      ended += 1;
      if (ended % 100 === 0 || ended === planned.length) report(`${ended} of ${planned.length} waits have ended`);
      return measured;
    });
    return {
      waits: await Promise.all(waits),
      timersLateMs: { p99: beyondPeriodMs(lateness.percentile(99)), max: beyondPeriodMs(lateness.max) },
    };
  } finally {
    lateness.disable();
    finish();
    await Promise.all(sessions);
    for (const connection of connections.values()) await connection.close();
    await vcenter.close();
  }
}

async function measureWait(
  vcenter: ScriptedVCenter,
  connection: VCenterConnection | undefined,
  wait: PlannedWait,
): Promise<MeasuredWait> {
  if (connection === undefined) throw new Error(`no connection for ${wait.waiter.name}`);
  const { api } = connection;
  return withDeadline({ clock: systemClock, timeoutMs: TIMEOUT_MS }, async (deadline) => {
    const taskId = vcenter.tasks.begin(wait.taskMs);
    const look = async (): Promise<string> => {
      const { status } = await getTask(api, taskId, deadline);
      return typeof status === "string" ? status : status.unknown;
    };
    await wait.waiter.wait({ taskId, api, deadline, look });
    return {
      ...wait,
      lagMs: monotonicMs() - vcenter.tasks.endsMs(taskId),
      looks: vcenter.tasks.looks(taskId),
    };
  });
}

/** Logs in and opens the sockets: the first wait must not pay for them. */
async function warmUp(vcenter: ScriptedVCenter, connection: VCenterConnection): Promise<void> {
  await withDeadline({ clock: systemClock, timeoutMs: TIMEOUT_MS }, async (deadline) => {
    const taskId = vcenter.tasks.begin(0);
    await getTask(connection.api, taskId, deadline);
    const looks = Array.from({ length: SOCKETS }, () => getTask(connection.api, taskId, deadline));
    await Promise.all(looks);
  });
}

function beyondPeriodMs(delayNs: number): number {
  return Math.max(0, delayNs / 1e6 - RESOLUTION_MS);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
