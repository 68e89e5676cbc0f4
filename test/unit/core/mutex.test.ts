// SPDX-License-Identifier: Apache-2.0
// One at a time per key, in the order of asking.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { KeyedMutex } from "../../../provider/src/core/mutex";
import { VirtualClock } from "../../support/clock/virtual-clock";

const { signal: noAbort } = new AbortController();

describe("KeyedMutex", () => {
  it("never lets two operations of one key overlap, keeps their order, and lets other keys run", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ key: fc.constantFrom("a", "b", "c"), ms: fc.integer({ min: 0, max: 50 }), fails: fc.boolean() }),
          {
            maxLength: 15,
          },
        ),
        async (operations) => {
          const clock = new VirtualClock();
          const mutex = new KeyedMutex();
          const inside = new Map<string, number>();
          const order = new Map<string, number[]>();
          const all = operations.map(({ key, ms, fails }, number) =>
            mutex
              .run(key, noAbort, async () => {
                inside.set(key, (inside.get(key) ?? 0) + 1);
                assert.equal(inside.get(key), 1, "two at once");
                order.set(key, [...(order.get(key) ?? []), number]);
                await clock.sleep(ms, noAbort);
                inside.set(key, 0);
                if (fails) throw new Error("failed");
              })
              .catch((error: unknown) => {
                assert.ok(fails && (error as Error).message === "failed", String(error));
              }),
          );
          await clock.run(Promise.all(all));
          for (const numbers of order.values())
            assert.deepEqual(
              numbers,
              [...numbers].sort((x, y) => x - y),
            );
          const longest = new Map<string, number>();
          for (const { key, ms } of operations) longest.set(key, (longest.get(key) ?? 0) + ms);
          assert.equal(clock.nowMs(), Math.max(0, ...longest.values()));
        },
      ),
      { numRuns: 30 },
    );
  });

  for (const third of ["before", "after"] as const) {
    it(`never runs a waiting operation that is aborted, and keeps one that came ${third} that in the queue`, async () => {
      const clock = new VirtualClock();
      const mutex = new KeyedMutex();
      const ran: string[] = [];
      const run = (name: string, ms: number, signal = noAbort): Promise<void> =>
        mutex.run("k", signal, async () => {
          await clock.sleep(ms, noAbort);
          ran.push(name);
        });
      const controller = new AbortController();
      const others = [run("first", 100)];
      const second = run("second", 0, controller.signal);
      if (third === "before") others.push(run("third", 0));
      controller.abort(new Error("not any more"));
      await assert.rejects(second, /not any more/);
      assert.deepEqual(ran, []);
      if (third === "after") others.push(run("third", 0));
      await clock.run(Promise.all(others));
      assert.deepEqual(ran, ["first", "third"]);
    });
  }
});
