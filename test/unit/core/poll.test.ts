// SPDX-License-Identifier: Apache-2.0
// The loop that looks: when it looks, what it counts, how it ends. Time is virtual.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { CodedError } from "../../../provider/src/core/coded-error";
import type { Deadline } from "../../../provider/src/core/deadline";
import { withDeadline } from "../../../provider/src/core/deadline";
import type { Look, PollOptions } from "../../../provider/src/core/poll";
import { poll } from "../../../provider/src/core/poll";
import { VirtualClock } from "../../support/clock/virtual-clock";

interface Trial {
  readonly clock?: VirtualClock;
  readonly timeoutMs?: number;
  readonly parent?: AbortSignal;
  readonly options?: Partial<Pick<PollOptions<string>, "beganMs" | "firstGapMs" | "lookFirst" | "mayPass" | "pause">>;
  /** Called at every look, with its number from 1. */
  readonly look: (number: number, deadline: Deadline) => Look<string> | Promise<Look<string>>;
}

async function run(
  trial: Trial,
): Promise<{ value?: string; error?: unknown; looksAtMs: number[]; clock: VirtualClock }> {
  const clock = trial.clock ?? new VirtualClock();
  const looksAtMs: number[] = [];
  const work = withDeadline({ clock, timeoutMs: trial.timeoutMs ?? 60_000, parent: trial.parent }, (deadline) =>
    poll<string>({
      deadline,
      mayPass: () => undefined,
      ...trial.options,
      look: async () => {
        looksAtMs.push(Math.round(clock.nowMs()));
        return trial.look(looksAtMs.length, deadline);
      },
    }),
  );
  try {
    return { value: await clock.run(work), looksAtMs, clock };
  } catch (error) {
    return { error, looksAtMs, clock };
  }
}

const notYet = { state: "pending" } as const;
const done = { state: "done", value: "done" } as const;

describe("poll", () => {
  it("returns the first final value and leaves no timer behind", async () => {
    const { value, looksAtMs, clock } = await run({
      look: (number) => (number < 3 ? notYet : done),
    });
    assert.equal(value, "done");
    assert.deepEqual(looksAtMs, [100, 200, 300]);
    assert.equal(clock.timers, 0);
  });

  it("looks at once if it is told to, and then goes on by the schedule", async () => {
    const { looksAtMs } = await run({
      options: { lookFirst: true },
      look: (number) => (number < 3 ? notYet : done),
    });
    assert.deepEqual(looksAtMs, [0, 100, 200]);
  });

  it("looks sooner the first time if the thing is known to be quick, and then goes on by the schedule", async () => {
    const { looksAtMs } = await run({
      options: { firstGapMs: 25 },
      look: (number) => (number < 3 ? notYet : done),
    });
    assert.deepEqual(looksAtMs, [25, 125, 225]);
  });

  it("counts the schedule from when the thing began, not from when the wait did", async () => {
    const clock = new VirtualClock();
    await clock.advance(10_000);
    const { looksAtMs } = await run({
      clock,
      options: { beganMs: 0 },
      look: (number) => (number < 2 ? notYet : done),
    });
    // A tenth of 10 s is the cap of 1 s.
    assert.deepEqual(looksAtMs, [11_000, 12_000]);
  });

  it("looks once more half a second before the deadline, even if the schedule would have skipped it", async () => {
    const { error, looksAtMs } = await run({ timeoutMs: 12_300, look: () => notYet });
    assert.ok(looksAtMs.includes(11_800), `looked at ${looksAtMs.slice(-3).join(", ")}`);
    assert.ok(error instanceof CodedError && error.code === "ERR_OPERATION_TIMEOUT");
  });

  it("looks at least once even if the time is shorter than the reserve", async () => {
    const { looksAtMs } = await run({ timeoutMs: 50, look: () => done });
    assert.deepEqual(looksAtMs, [0]);
  });

  it("never spins: with little time left the looks stay apart by the schedule", async () => {
    const { looksAtMs } = await run({ timeoutMs: 1_000, look: () => notYet });
    assert.ok(looksAtMs.length <= 11, `${looksAtMs.length} looks`);
  });

  it("ends with a failure that further looks cannot change, without asking whether it may pass", async () => {
    const refused = new Error("refused");
    const { error, looksAtMs } = await run({
      options: { mayPass: () => ({}) },
      look: (number) => (number < 2 ? notYet : { state: "failed", error: refused }),
    });
    assert.equal(error, refused);
    assert.deepEqual(looksAtMs, [100, 200]);
  });

  it("tells the caller how many looks have failed in a row, and starts again after a good one", async () => {
    const counts: number[] = [];
    const { value } = await run({
      options: {
        mayPass: (_error, failuresInARow) => {
          counts.push(failuresInARow);
          return {};
        },
      },
      look: (number) => {
        if (number === 1 || number === 2 || number === 4) throw new Error("a look failed");
        return number < 5 ? notYet : done;
      },
    });
    assert.equal(value, "done");
    assert.deepEqual(counts, [1, 2, 1]);
  });

  it("waits after a failed look at least as long as the server asks, and once only", async () => {
    const { looksAtMs } = await run({
      options: { mayPass: () => ({ retryAfterMs: 7_000 }) },
      look: (number) => {
        if (number === 1) throw new Error("a look failed");
        return number === 2 ? notYet : done;
      },
    });
    assert.deepEqual(looksAtMs, [100, 7_100, 7_810]);
  });

  it("backs off from looks that keep failing", async () => {
    const { looksAtMs } = await run({
      timeoutMs: 600_000,
      options: { mayPass: (_error, failures) => (failures < 40 ? {} : undefined) },
      look: () => {
        throw new Error("a look failed");
      },
    });
    // By the schedule alone 40 looks take 11 s; the back-off of the later ones is 2.5 s in the mean.
    assert.ok((looksAtMs.at(-1) ?? 0) > 30_000, String(looksAtMs));
  });

  it("ends with what a look threw if that will not pass", async () => {
    const refused = new Error("refused");
    const { error } = await run({
      look: () => {
        throw refused;
      },
    });
    assert.equal(error, refused);
  });

  it("cuts even a long asked-for pause so that it looks before the deadline", async () => {
    const { looksAtMs } = await run({
      timeoutMs: 10_000,
      options: { mayPass: () => ({ retryAfterMs: 60_000 }) },
      look: () => {
        throw new Error("a look failed");
      },
    });
    assert.deepEqual(looksAtMs, [100, 9_500]);
  });

  it("takes its pauses from the caller, who may end one early", async () => {
    const pauses: number[] = [];
    const { looksAtMs } = await run({
      options: {
        pause: (ms) => {
          pauses.push(ms);
          return Promise.resolve();
        },
      },
      look: (number) => (number < 3 ? notYet : done),
    });
    assert.deepEqual(
      [pauses, looksAtMs],
      [
        [100, 100, 100],
        [0, 0, 0],
      ],
    );
  });

  it("ends at once when it is aborted, with the reason, and removes its listeners and timers", async () => {
    const clock = new VirtualClock();
    const parent = new AbortController();
    const stopped = new CodedError("ERR_ABORTED", "told to stop");
    let signal: AbortSignal | undefined;
    clock.after(350, () => {
      parent.abort(stopped);
    });
    const { error, looksAtMs } = await run({
      clock,
      parent: parent.signal,
      look: (_number, deadline) => {
        signal = deadline.signal;
        return notYet;
      },
    });
    assert.equal(error, stopped);
    assert.equal(looksAtMs.at(-1), 300);
    assert.ok(signal !== undefined);
    assert.equal(getEventListeners(signal, "abort").length, 0);
    assert.equal(getEventListeners(parent.signal, "abort").length, 0);
    assert.equal(clock.timers, 0);
  });

  it("takes an abort during a look for the reason to end, whatever the look failed with", async () => {
    const parent = new AbortController();
    const stopped = new CodedError("ERR_ABORTED", "told to stop");
    const { error } = await run({
      parent: parent.signal,
      options: { mayPass: () => ({}) },
      look: () => {
        parent.abort(stopped);
        throw new Error("the socket was torn down");
      },
    });
    assert.equal(error, stopped);
  });
});
