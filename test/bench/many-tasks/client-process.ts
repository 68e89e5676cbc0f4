// SPDX-License-Identifier: Apache-2.0
// A process that waits for many tasks at once with one task board, and measures itself. It is a process of its own, so
// that the server's work is not counted. Its parent names server and tasks, and gets the figures.

import { systemClock } from "../../../provider/src/core/clock";
import { withDeadline } from "../../../provider/src/core/deadline";
import type { VCenterConnection } from "../../../provider/src/vsphere/connection";
import { getTask } from "../../../provider/src/vsphere/tasks/tasks";
import { connectTo } from "../scripted-vcenter/connect";
import type { ServerFacts } from "../scripted-vcenter/index";
import { monotonicMs } from "../scripted-vcenter/monotonic";

/** What the parent sends: first the server with a task that has ended, then the tasks. */
export type ToClient =
  | { readonly step: "warm-up"; readonly server: ServerFacts; readonly endedTaskId: string }
  | { readonly step: "wait"; readonly taskIds: readonly string[] };

/** What it gets: that the client is ready, then the figures. */
export type FromClient = { readonly step: "ready" } | ({ readonly step: "done" } & ClientFigures);

/** What the client has measured of itself, from the message with the tasks to the end of the last wait. */
export interface ClientFigures {
  /** When each task was reported as done, in milliseconds of the machine's monotonic clock. */
  readonly reported: readonly { readonly taskId: string; readonly atMs: number }[];
  /** CPU time of all threads, user and system. */
  readonly cpuSeconds: number;
  /** Resident memory at its highest, and before the first wait. */
  readonly peakBytes: number;
  readonly idleBytes: number;
}

const TIMEOUT_MS = 120_000;
const MEMORY_SAMPLE_MS = 100;

function tell(message: FromClient): void {
  process.send?.(message);
}

/** Loads what is loaded late, logs in and opens a socket. */
async function warmUp(connection: VCenterConnection, endedTaskId: string): Promise<void> {
  await withDeadline({ clock: systemClock, timeoutMs: TIMEOUT_MS }, (deadline) =>
    getTask(connection.api, endedTaskId, deadline),
  );
}

async function waitForAll(connection: VCenterConnection, taskIds: readonly string[]): Promise<ClientFigures> {
  // Loading has left garbage; what grows from here is the waiting's.
  globalThis.gc?.();
  const idleBytes = process.memoryUsage.rss();
  let peakBytes = idleBytes;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, MEMORY_SAMPLE_MS);
  const before = process.cpuUsage();
  const reported = await Promise.all(
    taskIds.map((taskId) =>
      withDeadline({ clock: systemClock, timeoutMs: TIMEOUT_MS }, async (deadline) => {
        const { end } = await connection.tasks.wait({ taskId, deadline });
        if (end !== "succeeded") throw new Error(`${taskId} ended as ${end}`);
        return { taskId, atMs: monotonicMs() };
      }),
    ),
  );
  const { user, system } = process.cpuUsage(before);
  clearInterval(sampler);
  return { reported, cpuSeconds: (user + system) / 1e6, peakBytes, idleBytes };
}

/** Held from the warm-up to the end, so that there is one session. */
let connection: VCenterConnection | undefined;

async function obey(message: ToClient): Promise<void> {
  if (message.step === "warm-up") {
    connection = connectTo(message.server);
    await warmUp(connection, message.endedTaskId);
    tell({ step: "ready" });
    return;
  }
  if (connection === undefined) throw new Error("asked to wait before the warm-up");
  const figures = await waitForAll(connection, message.taskIds);
  await connection.close();
  tell({ step: "done", ...figures });
  process.disconnect();
}

process.on("message", (message) => {
  obey(message as ToClient).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
