// SPDX-License-Identifier: Apache-2.0
// Repeating what failed: how long it pauses, when it stops, and what the process as a whole may spend on it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CodedError } from "../../../provider/src/core/coded-error";
import { withDeadline } from "../../../provider/src/core/deadline";
import type { RetryDecision } from "../../../provider/src/core/retry";
import {
  BACKOFF_BASE_MS,
  BACKOFF_CAP_MS,
  backoffMs,
  failIfTooLong,
  retry,
  RetryBudget,
  withAttempts,
} from "../../../provider/src/core/retry";
import { VirtualClock } from "../../support/clock/virtual-clock";

interface Outcome {
  readonly value?: string;
  readonly error?: unknown;
  readonly attemptsAtMs: readonly number[];
  readonly clock: VirtualClock;
}

/** Fails that often, then succeeds. */
async function run(trial: {
  readonly failures: number;
  readonly budget?: RetryBudget;
  readonly timeoutMs?: number;
  readonly decide: (error: unknown, failures: number) => RetryDecision | undefined;
}): Promise<Outcome> {
  const clock = new VirtualClock();
  const attemptsAtMs: number[] = [];
  const work = withDeadline({ clock, timeoutMs: trial.timeoutMs ?? 600_000 }, (deadline) =>
    retry({
      deadline,
      budget: trial.budget ?? new RetryBudget(),
      attempt: () => {
        attemptsAtMs.push(clock.nowMs());
        const attempts = attemptsAtMs.length;
        return attempts <= trial.failures
          ? Promise.reject(new CodedError("ERR_API", `failure ${attempts}`))
          : Promise.resolve("done");
      },
      decide: trial.decide,
    }),
  );
  try {
    return { value: await clock.run(work), attemptsAtMs, clock };
  } catch (error) {
    return { error, attemptsAtMs, clock };
  }
}

describe("the back-off", () => {
  it("stays between 0 and min(5 s, 100 ms × 2^(failures − 1)) whatever is drawn", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, random) => {
          const pauseMs = backoffMs(failures, random);
          assert.ok(pauseMs >= 0 && pauseMs <= Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (failures - 1)));
        },
      ),
    );
    assert.deepEqual(
      [1, 2, 3, 6, 7, 50].map((failures) => backoffMs(failures, 1)),
      [100, 200, 400, 3_200, 5_000, 5_000],
    );
  });
});

describe("the budget of retries", () => {
  const waits = (budget: RetryBudget, count: number): number[] => Array.from({ length: count }, () => budget.take(0.5));

  it("lets four retries pass at once, slows the next ones, and lets one more pass for every five successes", () => {
    const budget = new RetryBudget();
    assert.deepEqual(waits(budget, 6), [0, 0, 0, 0, 1_500, 1_500]);
    for (let i = 0; i < 4; i += 1) budget.succeeded();
    assert.deepEqual(waits(budget, 1), [1_500]);
    budget.succeeded();
    assert.deepEqual(waits(budget, 2), [0, 1_500]);
  });

  it("never holds more than 20 tokens, and never slows a retry by more than 2 s", () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1_000; i += 1) budget.succeeded();
    assert.deepEqual(waits(budget, 5), [0, 0, 0, 0, 1_500]);
    assert.ok(budget.take(0) >= 1_000 && budget.take(1) <= 2_000);
  });
});

describe("retry", () => {
  it("returns what the first successful attempt returned", async () => {
    const { value, attemptsAtMs, clock } = await run({ failures: 2, decide: () => ({}) });
    assert.equal(value, "done");
    assert.equal(attemptsAtMs.length, 3);
    assert.equal(clock.timers, 0);
  });

  it("gives up with the last failure if the caller says so", async () => {
    const { error, attemptsAtMs } = await run({ failures: 9, decide: (_error, n) => (n < 3 ? {} : undefined) });
    assert.ok(error instanceof CodedError);
    assert.equal(error.message, "failure 3 (tried 3 times)");
    assert.equal(attemptsAtMs.length, 3);
  });

  it("waits exactly as long as the server asked", async () => {
    const { attemptsAtMs } = await run({ failures: 1, decide: () => ({ retryAfterMs: 7_000 }) });
    assert.deepEqual(attemptsAtMs, [0, 7_000]);
  });

  it("backs off if the server asks for no pause at all", async () => {
    const { attemptsAtMs } = await run({ failures: 12, decide: () => ({ retryAfterMs: 0, free: true }) });
    // The sum of twelve back-offs is 30 s and more in the mean; without them it would be 0.
    assert.ok((attemptsAtMs.at(-1) ?? 0) > 3_000, String(attemptsAtMs));
  });

  it("slows down when the budget of the process is spent, but never gives up for that", async () => {
    const { value, attemptsAtMs } = await run({ failures: 8, decide: () => ({}) });
    assert.equal(value, "done");
    const gaps = attemptsAtMs.slice(1).map((atMs, number) => atMs - (attemptsAtMs[number] ?? 0));
    assert.ok(
      gaps.slice(4).every((gapMs) => gapMs >= 1_000),
      String(gaps),
    );
  });

  it("takes nothing from the budget if the server itself asked to come back", async () => {
    const budget = new RetryBudget();
    const { value, attemptsAtMs } = await run({
      failures: 30,
      budget,
      decide: () => ({ free: true, retryAfterMs: 0 }),
    });
    assert.equal(value, "done");
    assert.equal(attemptsAtMs.length, 31);
    assert.equal(budget.take(), 0);
  });

  it("fails at once if the server asks for a longer pause than there is time, and says both figures", async () => {
    const { error, clock } = await run({ failures: 1, timeoutMs: 20_000, decide: () => ({ retryAfterMs: 60_000 }) });
    assert.ok(error instanceof CodedError);
    assert.equal(error.code, "ERR_API");
    assert.match(error.message, /wait 60 s \(Retry-After\), but only 20 s/);
    assert.equal(clock.nowMs(), 0);
  });

  it("ends with the deadline's reason and the last failure when the time is up during a pause", async () => {
    // The server asks for less than is left, but a process without budget waits longer.
    const clock = new VirtualClock();
    const budget = new RetryBudget();
    while (budget.take() === 0);
    const work = withDeadline({ clock, timeoutMs: 5_000 }, (deadline) =>
      retry({
        deadline,
        budget,
        attempt: () => Promise.reject(new CodedError("ERR_CONNECT", "refused")),
        decide: () => ({ retryAfterMs: 4_500 }),
      }),
    );
    await assert.rejects(clock.run(work), {
      code: "ERR_OPERATION_TIMEOUT",
      message: "the operation did not end within 5 s; refused (tried once)",
      attempts: 1,
    });
    assert.equal(clock.nowMs(), 5_000);
    assert.equal(clock.timers, 0);
  });

  it("counts attempts once, as a field and in the text", () => {
    const error = new CodedError("ERR_API", "no");
    const twice = withAttempts(error, 2);
    assert.ok(twice instanceof CodedError);
    assert.deepEqual([twice.message, twice.attempts], ["no (tried 2 times)", 2]);
    assert.equal(withAttempts(error, 1), error);
    assert.equal(withAttempts(twice, 3), twice);
    assert.equal(withAttempts("text", 3), "text");
  });

  it("passes on a foreign error unchanged when there is no time left to wait", async () => {
    const clock = new VirtualClock();
    const foreign = new Error("foreign");
    await withDeadline({ clock, timeoutMs: 1_000 }, (deadline) => {
      assert.throws(
        () => {
          failIfTooLong(foreign, 2_000, deadline);
        },
        (error) => error === foreign,
      );
      failIfTooLong(foreign, 999, deadline);
      failIfTooLong(foreign, undefined, deadline);
      return Promise.resolve();
    });
  });
});
