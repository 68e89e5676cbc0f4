// SPDX-License-Identifier: Apache-2.0
// The wait for the key server on virtual time: Ctrl-C ends it, and a look is bounded. Its other ends: rows 59 and 60 of the
// fault matrix, and test/behaviours/key-server-awaited.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../../../provider/src/core/coded-error";
import { abortable } from "../../../provider/src/core/deadline";
import { lookAtHealth, waitForHealth } from "../../../provider/src/kms/health";
import { Unfinished } from "../../../provider/src/kms/unfinished";
import { scripted } from "./scripted-vcenter";
import type { Scripted } from "./scripted-vcenter";

/** A vCenter whose key provider has that health; undefined: it does not answer. */
const withHealth = (health: string | undefined): Scripted =>
  scripted({
    tasks: () => ({}),
    answer: ({ path }, { signal }) => {
      if (!path.includes("/kms/")) return undefined;
      if (health === undefined) return abortable(new Promise<never>(() => undefined), signal);
      return { status: 200, json: { status: { health, details: [], servers: [] } } };
    },
  });

describe("the wait for the key server", () => {
  it("is unfinished by a Ctrl-C, also with a WARNING", async () => {
    const { run, clock } = withHealth("WARNING");
    const stop = new AbortController();
    clock.after(2_000, () => {
      stop.abort(new CodedError("ERR_ABORTED", "stop"));
    });
    await assert.rejects(
      run(waitForHealth, { parent: stop.signal }),
      (error) => error instanceof Unfinished && error.error.code === "ERR_ABORTED",
    );
    assert.equal(clock.nowMs(), 2_000);
  });
});

describe("a look at the health", () => {
  it("takes a result that is JSON in a text", async () => {
    const result = JSON.stringify({ status: { health: "OK", details: [], servers: [] } });
    const { run } = scripted({
      tasks: () => ({}),
      answer: ({ path }) => {
        if (path.includes("/kms/")) return { status: 202, json: "task-1" };
        return path.includes("/tasks/") ? { status: 200, json: { status: "SUCCEEDED", result } } : undefined;
      },
    });
    assert.equal((await run(lookAtHealth)).health, "OK");
  });

  it("takes 5 s at most, and no more than the time left", async () => {
    for (const [timeoutMs, tookMs] of [
      [10_000, 5_000],
      [1_000, 1_000],
    ] as const) {
      const { run, clock } = withHealth(undefined);
      await assert.rejects(run(lookAtHealth, { timeoutMs }), CodedError);
      assert.equal(clock.nowMs(), tookMs);
    }
  });
});
