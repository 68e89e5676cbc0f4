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
      attempt: (failures) => {
        assert.equal(failures, attemptsAtMs.length);
        attemptsAtMs.push(clock.nowMs());
        return failures < trial.failures
          ? Promise.reject(new CodedError("ERR_API", `failure ${failures + 1}`))
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
  it("allows four retries, and one more for every five successes", () => {
    const budget = new RetryBudget();
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => budget.take()),
      [true, true, true, true, false],
    );
    for (let i = 0; i < 4; i += 1) budget.succeeded();
    assert.equal(budget.take(), false);
    budget.succeeded();
    assert.equal(budget.take(), true);
  });

  it("never holds more than 20 tokens, however many successes there are", () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1_000; i += 1) budget.succeeded();
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => budget.take()),
      [true, true, true, true, false],
    );
  });
});

describe("retry", () => {
  it("returns what the first successful attempt returned", async () => {
    const { value, attemptsAtMs, clock } = await run({ failures: 2, decide: () => ({}) });
    assert.equal(value, "done");
    assert.equal(attemptsAtMs.length, 3);
    assert.equal(clock.timers, 0);
  });

  it("gives up with the last failure where the caller says so", async () => {
    const { error, attemptsAtMs } = await run({ failures: 9, decide: (_error, n) => (n < 3 ? {} : undefined) });
    assert.ok(error instanceof CodedError);
    assert.equal(error.message, "failure 3 (tried 3 times)");
    assert.equal(attemptsAtMs.length, 3);
  });

  it("waits exactly as long as the server asked", async () => {
    const { attemptsAtMs } = await run({ failures: 1, decide: () => ({ retryAfterMs: 7_000 }) });
    assert.deepEqual(attemptsAtMs, [0, 7_000]);
  });

  it("backs off where the server asks for no pause at all", async () => {
    const { attemptsAtMs } = await run({ failures: 12, decide: () => ({ retryAfterMs: 0, free: true }) });
    // The sum of twelve back-offs is 30 s and more in the mean; without them it would be 0.
    assert.ok((attemptsAtMs.at(-1) ?? 0) > 3_000, String(attemptsAtMs));
  });

  it("stops when the budget of the process is spent", async () => {
    const budget = new RetryBudget();
    const { error, attemptsAtMs } = await run({ failures: 99, budget, decide: () => ({}) });
    assert.ok(error instanceof CodedError);
    assert.equal(attemptsAtMs.length, 5);
  });

  it("takes nothing from the budget where the server itself asked to come back", async () => {
    const budget = new RetryBudget();
    const { value, attemptsAtMs } = await run({
      failures: 30,
      budget,
      decide: () => ({ free: true, retryAfterMs: 0 }),
    });
    assert.equal(value, "done");
    assert.equal(attemptsAtMs.length, 31);
  });

  it("fails at once where the server asks for a longer pause than there is time, and says both figures", async () => {
    const { error, clock } = await run({ failures: 1, timeoutMs: 20_000, decide: () => ({ retryAfterMs: 60_000 }) });
    assert.ok(error instanceof CodedError);
    assert.equal(error.code, "ERR_API");
    assert.match(error.message, /wait 60 s \(Retry-After\), but only 20 s/);
    assert.equal(clock.nowMs(), 0);
  });

  it("ends with the deadline's reason when the time is up during a pause", async () => {
    const { error, clock } = await run({ failures: 1, timeoutMs: 5_000, decide: () => ({ retryAfterMs: 4_999 }) });
    assert.equal(error, undefined);
    const late = await run({ failures: 99, timeoutMs: 5_000, decide: () => ({ retryAfterMs: 2_000, free: true }) });
    assert.ok(late.error instanceof CodedError);
    assert.equal(clock.timers, 0);
    assert.equal(late.clock.timers, 0);
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
