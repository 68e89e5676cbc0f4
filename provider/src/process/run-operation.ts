// SPDX-License-Identifier: Apache-2.0
// The frame of every method that talks to vCenter: its time, its turn, its session, what is shown while it waits, and the
// text of its failure.

import type { Clock } from "../core/clock";
import { withDeadline } from "../core/deadline";
import type { Redactor } from "../core/redact";
import type { Operation } from "../kms/operation";
import { Unfinished } from "../kms/unfinished";
import type { Target } from "../vsphere/kms/client-certificate-api";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import { describeFailure, ResourceError } from "./failure";
import { DEFAULT_TIMEOUT_SECONDS } from "../resources/inputs";
import { NotFinishedError } from "./not-finished";
import type { Outputs } from "../resources/outputs";
import type { ProviderProcess } from "./provider-process";

/** Between two texts of the same status pass at least so many milliseconds … */
const MIN_STATUS_GAP_MS = 1_000;
/** … and at most so many. */
const MAX_STATUS_GAP_MS = 15_000;

/** What is to be done, on what, for whom. @internal */
export interface Task {
  /** E.g. `Replacing the client certificate`. */
  readonly what: string;
  readonly target: Target;
  /** The resource, for display; undefined where the engine does not say. */
  readonly urn: string | undefined;
  /** Bound of all of it, seconds; default 300. */
  readonly timeoutSeconds: number | undefined;
  /** Knows the private keys of this operation, as they come to be known; takes them out of every text. */
  readonly keys: Redactor;
  /** What to save where the outcome stays unknown; undefined: such an end is a plain failure. */
  readonly toSave?: (unfinished: Unfinished) => { readonly id: string; readonly properties: Outputs };
}

/**
 * Runs an operation on one key provider.
 *
 * @param process - the provider process
 * @param task - what is to be done
 * @param work - does it
 * @returns what `work` returns
 * @throws {@link NotFinishedError} where the outcome is unknown and can be saved; {@link ResourceError} otherwise
 * @internal
 */
export async function runOperation<T>(
  process: ProviderProcess,
  task: Task,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  const { target, urn } = task;
  const timeoutMs = (task.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  try {
    return await process.shutdown.during(() =>
      withDeadline({ clock: process.clock, timeoutMs, parent: process.shutdown.signal }, (deadline) =>
        process.turns.run(process.targetKey(target), deadline.signal, async () => {
          const connection = await process.connection();
          const show = statusWriter(process, task);
          const showProgress = paced(process.clock, show);
          return connection.use(() =>
            work({
              connection,
              target,
              deadline,
              onStep: show,
              onProgress: (info, elapsedMs) => {
                showProgress(info, elapsedMs);
                if (info.status === "BLOCKED") {
                  process.notices.print("warning", "the task is BLOCKED; waiting on", { urn, target });
                }
              },
            }),
          );
        }),
      ),
    );
  } catch (error) {
    throw toResourceError(process, task, error);
  }
}

/**
 * Turns whatever was thrown into what the engine gets.
 *
 * @param process - the provider process
 * @param task - what was tried
 * @param error - what was thrown
 * @returns {@link NotFinishedError} or {@link ResourceError}, free of secrets
 * @internal
 */
export function toResourceError(process: ProviderProcess, task: Task, error: unknown): ResourceError {
  if (error instanceof ResourceError) return error;
  const unfinished = error instanceof Unfinished ? error : undefined;
  const attempted = { what: task.what, target: task.target, server: process.server() };
  const { code, message } = describeFailure(attempted, unfinished?.error ?? error, (text) =>
    withoutSecrets(process, task, text),
  );
  if (unfinished === undefined || task.toSave === undefined) return new ResourceError(code, message);
  return new NotFinishedError(code, message, task.toSave(unfinished));
}

/** Password and tokens are asked for at each text, since they come to be known on the way; the keys' forms are kept. */
function withoutSecrets(process: ProviderProcess, task: Task, text: string): string {
  return process.redactor().redact(task.keys.redact(text));
}

function statusWriter(process: ProviderProcess, task: Task): (text: string) => void {
  if (task.urn === undefined) return () => undefined;
  let last = "";
  return (text) => {
    if (text === last) return;
    last = text;
    process.display.status(withoutSecrets(process, task, text), task.urn);
  };
}

/** Where there is no terminal each text is a line of a pipeline's log: the longer it takes, the fewer there are. */
function paced(clock: Clock, show: (text: string) => void): (info: TaskInfo, elapsedMs: number) => void {
  let shownStatus: TaskInfo["status"] | undefined;
  let nextMs = 0;
  return (info, elapsedMs) => {
    if (info.status === shownStatus && clock.nowMs() < nextMs) return;
    shownStatus = info.status;
    nextMs = clock.nowMs() + Math.min(MAX_STATUS_GAP_MS, Math.max(MIN_STATUS_GAP_MS, elapsedMs / 5));
    show(describeProgress(info, elapsedMs));
  };
}

function describeProgress(info: TaskInfo, elapsedMs: number): string {
  const status = typeof info.status === "string" ? info.status : info.status.unknown;
  const percent = info.percent === undefined ? "" : ` ${info.percent}%`;
  const message = info.message === "" ? "" : `: ${info.message}`;
  return `task ${status}${percent} after ${Math.round(elapsedMs / 1000)} s${message}`;
}
