// SPDX-License-Identifier: Apache-2.0
// One run: a server with its tasks, a client process, and what both have counted.

import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import { startScriptedVCenter } from "../scripted-vcenter/index";
import { monotonicMs } from "../scripted-vcenter/monotonic";
import type { ClientFigures, FromClient, ToClient } from "./client-process";

/** What a run is to be. */
export interface ClientRun {
  /** True: the server does not have `action=list`, so that every task is asked for by itself. */
  readonly refuseLists: boolean;
  /** Length of each task, milliseconds. */
  readonly taskLengthsMs: readonly number[];
}

/** What a run has shown. */
export interface RunFigures extends Pick<ClientFigures, "cpuSeconds" | "peakBytes" | "idleBytes"> {
  /** Milliseconds from each task's end to its report. */
  readonly lagsMs: readonly number[];
  /** Requests for tasks, in milliseconds since the tasks began. */
  readonly requestsAtMs: readonly number[];
  /** From the beginning of the tasks to the last report, seconds. */
  readonly durationSeconds: number;
}

/**
 * Runs a client in a process of its own.
 *
 * @param run - which
 */
export async function runClient({ refuseLists, taskLengthsMs }: ClientRun): Promise<RunFigures> {
  const vcenter = await startScriptedVCenter({ refuseLists });
  const client = fork(join(__dirname, "client-process.ts"), { execArgv: [...process.execArgv, "--expose-gc"] });
  try {
    await ask(client, { step: "warm-up", server: vcenter.facts, endedTaskId: vcenter.tasks.begin(0) });
    const beganMs = monotonicMs();
    const taskIds = taskLengthsMs.map((lengthMs) => vcenter.tasks.begin(lengthMs));
    const answer = await ask(client, { step: "wait", taskIds });
    if (answer.step !== "done") throw new Error(`the client answered ${answer.step}`);
    const { reported, cpuSeconds, peakBytes, idleBytes } = answer;
    return {
      cpuSeconds,
      peakBytes,
      idleBytes,
      lagsMs: reported.map(({ taskId, atMs }) => atMs - vcenter.tasks.endsMs(taskId)),
      requestsAtMs: vcenter.requests.map(({ atMs }) => atMs - beganMs).filter((atMs) => atMs >= 0),
      durationSeconds: (Math.max(...reported.map(({ atMs }) => atMs)) - beganMs) / 1000,
    };
  } finally {
    if (client.exitCode === null) client.kill();
    await vcenter.close();
  }
}

function ask(client: ChildProcess, message: ToClient): Promise<FromClient> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null): void => {
      reject(new Error(`the client ended with ${code ?? "a signal"}`));
    };
    client.once("exit", exited);
    client.once("message", (answer) => {
      client.off("exit", exited);
      resolve(answer as FromClient);
    });
    client.send(message);
  });
}
