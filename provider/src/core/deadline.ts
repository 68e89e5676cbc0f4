// SPDX-License-Identifier: Apache-2.0
// The bound of one operation: a signal that fires when its time is up or when the process is told to stop, and the time
// that is left. Everything that waits takes one.

import type { Clock } from "./clock";
import { abortReason } from "./clock";
import { CodedError } from "./coded-error";

/** The time one operation has. Make it with {@link withDeadline}. @internal */
export interface Deadline {
  readonly clock: Clock;
  /** Aborted when the time is up (`ERR_OPERATION_TIMEOUT`), or from outside. */
  readonly signal: AbortSignal;
  /** The bound as it was set, milliseconds. */
  readonly timeoutMs: number;
  /** The same object for every deadline within one operation: tells operations apart. */
  readonly operationKey: object;
  /** Milliseconds since the operation began. */
  elapsedMs(): number;
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
}

/** The arguments of {@link withDeadline}. @internal */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** Milliseconds the operation may take. */
  readonly timeoutMs: number;
  /** Aborts the operation from outside (the process is told to stop). */
  readonly parent?: AbortSignal | undefined;
  /** The deadline of the operation that this is a part of. */
  readonly within?: Deadline | undefined;
}

/** Runs `operation` under a time bound; it must pass the signal to whatever waits. No timer and no listener outlives it. @internal */
export async function withDeadline<T>(
  options: DeadlineOptions,
  operation: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const { clock, timeoutMs, within } = options;
  const parent = options.parent ?? within?.signal;
  const controller = new AbortController();
  const startedMs = clock.nowMs();
  const fromParent = (): void => {
    if (parent) controller.abort(abortReason(parent));
  };
  const cancelTimer = clock.after(timeoutMs, () => {
    controller.abort(operationTimeout(timeoutMs));
  });
  if (parent?.aborted) fromParent();
  parent?.addEventListener("abort", fromParent, { once: true });
  try {
    return await operation({
      clock,
      timeoutMs,
      signal: controller.signal,
      operationKey: within?.operationKey ?? controller,
      elapsedMs: () => clock.nowMs() - startedMs,
      remainingMs: () => {
        const leftMs = Math.max(0, timeoutMs - (clock.nowMs() - startedMs));
        return within === undefined ? leftMs : Math.min(leftMs, within.remainingMs());
      },
    });
  } finally {
    cancelTimer();
    parent?.removeEventListener("abort", fromParent);
  }
}

/** Rejects as soon as `signal` aborts, even if `work` itself cannot be aborted; its result is then dropped. @internal */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(abortReason(signal));
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}

function operationTimeout(timeoutMs: number): CodedError {
  return new CodedError("ERR_OPERATION_TIMEOUT", `the operation did not end within ${timeoutMs / 1000} s`, {
    details: { timeoutMs },
    remedy: "raise timeoutSeconds, or check the load of vCenter",
  });
}
