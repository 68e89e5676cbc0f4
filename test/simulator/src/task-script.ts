// SPDX-License-Identifier: Apache-2.0
// How a task goes through its statuses: the ordinary course, or one that a test dictates. Data and one cursor; no store.

import type { TaskTarget } from "./task-target";

/** Encoding in which a certificate read hands out the PEM text. */
export type CertificateEncoding = "crlf" | "text" | "chain" | "no-final-newline";

/** One status of a scripted task; it holds for `forMs` or for `forPolls`, and for ever when neither is given. */
export interface TaskStep {
  /** A status word of vSphere, or any other text that a client may have to survive. */
  readonly status: string;
  /** Milliseconds from entering this step until the next one. */
  readonly forMs?: number;
  /** Number of polls (task get, or a list that names the task) that see this step before the next one. */
  readonly forPolls?: number;
  /** Replaces fields of the task's Info verbatim; a value of `undefined` leaves the field out. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** True: the task is unknown (404) while in this step. */
  readonly vanish?: boolean;
}

/** When the write of a scripted task shows on the server. Milliseconds. */
export type TaskEffect = "onSuccess" | "atOnce" | "never" | { readonly afterMs: number };

/** What a test dictates about one task. */
export interface TaskScript {
  /** Default: the ordinary course for the operation's duration. */
  readonly steps?: readonly TaskStep[];
  /** Default `onSuccess`. `afterMs` counts from the 202. */
  readonly effect?: TaskEffect;
  /** A lagging replica: the write shows this many milliseconds after its effect was due. Default 0. */
  readonly lagMs?: number;
  /** The write, or the read, shows this certificate instead of the real one ("somebody else was here"). */
  readonly certificatePem?: string;
  /** Encoding of a read's PEM. Default: LF lines with a final newline. */
  readonly encoding?: CertificateEncoding;
  /** What the task's `target` names. Default: the simulator's option `taskTarget`. */
  readonly target?: TaskTarget;
  /** Milliseconds after the 202 during which the task is unknown (404, and in no list) while it already runs. Default 0. */
  readonly unknownForMs?: number;
  /** Default false: this service's tasks cannot be cancelled. */
  readonly cancelable?: boolean;
}

/** The ordinary course: PENDING for a tenth of the time (20 ms at most), RUNNING, then SUCCEEDED after `durationMs`. */
export function ordinarySteps(durationMs: number): TaskStep[] {
  const pendingMs = Math.min(20, durationMs / 10);
  return [
    { status: "PENDING", forMs: pendingMs },
    { status: "RUNNING", forMs: durationMs - pendingMs },
    { status: "SUCCEEDED" },
  ];
}

/** A course that ends FAILED with an error, after `durationMs`. */
export function failingSteps(durationMs: number, error: unknown): TaskStep[] {
  const steps = ordinarySteps(durationMs);
  return [...steps.slice(0, -1), { status: "FAILED", fields: { error } }];
}

/** True for the two statuses that end a task. BLOCKED is not one of them. */
export function isTerminal(status: string): boolean {
  return status === "SUCCEEDED" || status === "FAILED";
}

/** Where a task is in its steps. Plain data, so that a state file can hold it. */
export interface Cursor {
  index: number;
  enteredAtMs: number;
  pollsSeen: number;
}

/** When the cursor leaves its step by the clock alone; undefined when it stays, or waits for polls. */
export function nextStepAtMs(steps: readonly TaskStep[], cursor: Cursor): number | undefined {
  const forMs = steps[cursor.index]?.forMs;
  return forMs === undefined || cursor.index >= steps.length - 1 ? undefined : cursor.enteredAtMs + forMs;
}

/** True when one more poll would see the next step. */
export function isPolledOut(steps: readonly TaskStep[], cursor: Cursor): boolean {
  const forPolls = steps[cursor.index]?.forPolls;
  return forPolls !== undefined && cursor.index < steps.length - 1 && cursor.pollsSeen >= forPolls;
}
