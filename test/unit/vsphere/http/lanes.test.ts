// SPDX-License-Identifier: Apache-2.0
// Who gets a socket: slow writes leave room for reads, both for looks, and who gives up is never started.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lanes, MAX_CONNECTIONS } from "../../../../provider/src/vsphere/http/lanes";
import type { Lane } from "../../../../provider/src/vsphere/http/lanes";

/** Lets everything enter, and tells what has been started, in order. */
function crowd(lanes: Lanes, started: Lane[], ends: (() => void)[], wishes: readonly Lane[]): void {
  for (const lane of wishes) {
    void lanes.enter(lane, forGood()).then((end) => {
      started.push(lane);
      ends.push(end);
    });
  }
}

const many = (count: number, lane: Lane): Lane[] => Array.from({ length: count }, () => lane);
const forGood = (): AbortSignal => new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the lanes of requests", () => {
  for (const [wishes, expected] of [
    [many(50, "write"), { write: 4, read: 0, look: 0 }],
    [many(50, "read"), { write: 0, read: 5, look: 0 }],
    [many(50, "look"), { write: 0, read: 0, look: 5 }],
    [[...many(50, "write"), ...many(50, "read"), ...many(50, "look")], { write: 4, read: 1, look: 1 }],
    [[...many(50, "look"), ...many(50, "write")], { write: 1, read: 0, look: 5 }],
  ] as const) {
    it(`start ${JSON.stringify(expected)} of ${wishes.length} that come at once`, async () => {
      const started: Lane[] = [];
      crowd(new Lanes(), started, [], wishes);
      await settled();
      const count = (lane: Lane): number => started.filter((one) => one === lane).length;
      assert.deepEqual({ write: count("write"), read: count("read"), look: count("look") }, expected);
      assert.ok(started.length <= MAX_CONNECTIONS);
    });
  }

  it("give a free socket to a look before a read before a write, and start all in the end", async () => {
    const lanes = new Lanes();
    const started: Lane[] = [];
    const ends: (() => void)[] = [];
    crowd(lanes, started, ends, [...many(4, "write"), "read", "look"]);
    crowd(lanes, started, ends, [...many(3, "write"), "read", "look"]);
    await settled();
    while (ends.length > 0) {
      ends.shift()?.();
      await settled();
    }
    assert.deepEqual(started.slice(6), ["look", "read", "write", "write", "write"]);
  });

  it("never start one that has given up, and go on with the next", async () => {
    const lanes = new Lanes();
    const ends: (() => void)[] = [];
    crowd(lanes, [], ends, many(4, "write"));
    const impatient = new AbortController();
    const given = lanes.enter("write", impatient.signal);
    const next = lanes.enter("write", forGood());
    await settled();
    impatient.abort(new Error("no time left"));
    await assert.rejects(given, /no time left/);
    await assert.rejects(lanes.enter("look", impatient.signal), /no time left/);
    ends[0]?.();
    (await next)();
  });
});
