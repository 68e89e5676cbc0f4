// SPDX-License-Identifier: Apache-2.0
// One write on a scripted vCenter, whose sends and reads end as a trial says.

import assert from "node:assert/strict";
import { CodedError, isCodedError } from "../../../provider/src/core/coded-error";
import { Unfinished } from "../../../provider/src/kms/unfinished";
import type { Proof } from "../../../provider/src/kms/write";
import { writeOnce } from "../../../provider/src/kms/write-once";
import type { Accepted } from "../../../provider/src/vsphere/tasks/start-task";
import { scripted, SERVICE } from "./scripted-vcenter";
import type { Script, Task } from "./scripted-vcenter";

/** How one send ends: a task's id, no id, or an error. */
type Sent = { readonly task: string } | "no id" | Error;

/** What happens to one write. */
export interface Trial {
  readonly sends: readonly Sent[];
  /** From when on the server shows what was written, ms; default never. */
  readonly shownMs?: number;
  readonly tasks?: Readonly<Record<string, Task>>;
  /** When those tasks end, and how. */
  readonly endMs?: number;
  readonly end?: "SUCCEEDED" | "FAILED";
  readonly list?: Script["list"];
  readonly timeoutMs?: number;
  /** When the process is told to stop, ms. */
  readonly stopMs?: number;
  readonly earlierTaskIds?: readonly string[];
}

/** How a write ended. */
export interface Ended {
  /** `proved`, `unfinished <code>` or `failed <code>`. */
  readonly how: string;
  readonly proof?: Proof<string>;
  readonly error?: CodedError;
  readonly unfinished?: Unfinished<string>;
  readonly sentMs: readonly number[];
  readonly endedMs: number;
}

/** Writes once as the trial says, until it has ended. */
export async function write(trial: Trial): Promise<Ended> {
  const sentMs: number[] = [];
  const { tasks = {}, endMs = Infinity, end = "SUCCEEDED", shownMs = Infinity, list } = trial;
  // Tasks appear with the first send, unless they are of an earlier run.
  const vcenter = scripted({
    tasks: (nowMs) => {
      const shown = Object.entries(tasks).filter(([id]) => sentMs.length > 0 || id.startsWith("earlier"));
      return Object.fromEntries(shown.map(([id, task]) => [id, nowMs >= endMs ? { ...task, status: end } : task]));
    },
    ...(list === undefined ? {} : { list }),
  });
  const { clock } = vcenter;
  const stop = new AbortController();
  if (trial.stopMs !== undefined)
    clock.after(trial.stopMs, () => {
      stop.abort(new CodedError("ERR_ABORTED", "stop"));
    });
  const work = vcenter.run(
    (operation) =>
      writeOnce<string>(operation, {
        noun: "certificate",
        send: (): Promise<Accepted> => {
          const sent = trial.sends[sentMs.push(clock.nowMs()) - 1];
          if (sent === undefined) return Promise.reject(new Error("one send too many"));
          if (sent instanceof Error) return Promise.reject(sent);
          if (sent === "no id") return Promise.resolve({ kind: "no-task-id", why: "HTTP 200", body: undefined });
          return Promise.resolve({ kind: "task", taskId: sent.task, acceptedMs: clock.nowMs() });
        },
        read: () => Promise.resolve(clock.nowMs() >= shownMs ? "new" : "old"),
        isApplied: (live) => live === "new",
        checkArguments: "check what was sent",
        service: SERVICE,
        operationName: /update/,
        earlierTaskIds: trial.earlierTaskIds ?? [],
        mismatch: (live, said) => new CodedError("ERR_READBACK_MISMATCH", `${said}, shows ${live ?? "nothing"}`),
      }),
    { timeoutMs: trial.timeoutMs ?? 120_000, parent: stop.signal },
  );
  try {
    const proof = await work;
    return { how: "proved", proof, sentMs, endedMs: clock.nowMs() };
  } catch (thrown) {
    const unfinished = thrown instanceof Unfinished ? (thrown as Unfinished<string>) : undefined;
    const error = unfinished?.error ?? thrown;
    assert.ok(isCodedError(error), String(error));
    const how = `${unfinished === undefined ? "failed" : "unfinished"} ${error.code}`;
    return { how, error, ...(unfinished === undefined ? {} : { unfinished }), sentMs, endedMs: clock.nowMs() };
  }
}
