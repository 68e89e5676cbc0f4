// SPDX-License-Identifier: Apache-2.0
// The bound of one operation, waits that can be aborted, and the real clock.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { abortReason, systemClock } from "../../../provider/src/core/clock";
import { CodedError, ERROR_CODES, isCodedError } from "../../../provider/src/core/coded-error";
import { abortable, withDeadline } from "../../../provider/src/core/deadline";
import { VirtualClock } from "../../support/clock/virtual-clock";

const never = (): Promise<never> => new Promise(() => undefined);

describe("withDeadline", () => {
  it("aborts its signal with ERR_OPERATION_TIMEOUT exactly when the time is up", async () => {
    const clock = new VirtualClock();
    const work = withDeadline({ clock, timeoutMs: 2_500 }, ({ signal }) => abortable(never(), signal));
    await assert.rejects(clock.run(work), (error) => {
      assert.ok(isCodedError(error, "ERR_OPERATION_TIMEOUT"));
      assert.match(error.message, /within 2.5 s/);
      return true;
    });
    assert.equal(clock.nowMs(), 2_500);
  });

  it("counts elapsed and remaining time, and the latter never falls below zero", async () => {
    const clock = new VirtualClock();
    await withDeadline({ clock, timeoutMs: 1_000 }, async (deadline) => {
      await clock.advance(400);
      assert.deepEqual([deadline.elapsedMs(), deadline.remainingMs(), deadline.timeoutMs], [400, 600, 1_000]);
      await clock.advance(900);
      assert.deepEqual([deadline.elapsedMs(), deadline.remainingMs()], [1_300, 0]);
    });
  });

  it("takes over an abort of its parent, even one from before it began", async () => {
    const clock = new VirtualClock();
    const reason = new CodedError("ERR_ABORTED", "told to stop");
    const early = AbortSignal.abort(reason);
    await assert.rejects(
      withDeadline({ clock, timeoutMs: 1_000, parent: early }, ({ signal }) => abortable(never(), signal)),
      (error) => error === reason,
    );
    const parent = new AbortController();
    const work = withDeadline({ clock, timeoutMs: 1_000, parent: parent.signal }, ({ signal }) =>
      abortable(never(), signal),
    );
    parent.abort(reason);
    await assert.rejects(work, (error) => error === reason);
  });

  it("within another one ends with it at the latest, and belongs to the same operation", async () => {
    const clock = new VirtualClock();
    const work = withDeadline({ clock, timeoutMs: 1_000 }, (whole) =>
      withDeadline({ clock, timeoutMs: 9_000, within: whole }, (part) => {
        assert.equal(part.operationKey, whole.operationKey);
        return abortable(never(), part.signal);
      }),
    );
    await assert.rejects(clock.run(work), /within 1 s/);
    assert.equal(clock.nowMs(), 1_000);
    const keys = [1, 2].map(() => withDeadline({ clock, timeoutMs: 1 }, (own) => Promise.resolve(own.operationKey)));
    const [one, other] = await Promise.all(keys);
    assert.notEqual(one, other);
  });

  it("leaves neither timer nor listener behind, whether it succeeds or fails", async () => {
    const clock = new VirtualClock();
    const parent = new AbortController();
    const options = { clock, timeoutMs: 1_000, parent: parent.signal };
    await withDeadline(options, () => Promise.resolve(1));
    await assert.rejects(withDeadline(options, () => Promise.reject(new Error("no"))));
    assert.equal(clock.timers, 0);
    assert.equal(getEventListeners(parent.signal, "abort").length, 0);
  });
});

describe("abortable", () => {
  it("returns what the work returns, and removes its listener", async () => {
    const { signal } = new AbortController();
    assert.equal(await abortable(Promise.resolve(5), signal), 5);
    await assert.rejects(abortable(Promise.reject(new Error("no")), signal), /no/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("rejects at once if the signal is aborted already, and the work's own later failure is not reported", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    await assert.rejects(abortable(Promise.reject(new Error("late")), signal), /gone/);
  });

  it("makes an Error of any reason", () => {
    assert.match(abortReason(AbortSignal.abort("just a text")).message, /aborted/);
  });
});

describe("the real clock", () => {
  it("sleeps, and wakes at once with the reason when it is aborted", async () => {
    const { signal } = new AbortController();
    const startedMs = systemClock.nowMs();
    await systemClock.sleep(20, signal);
    assert.ok(systemClock.nowMs() - startedMs >= 19);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(new Error("wake up"));
    await assert.rejects(sleeping, /wake up/);
    await assert.rejects(systemClock.sleep(60_000, controller.signal), /wake up/);
    assert.equal(getEventListeners(signal, "abort").length + getEventListeners(controller.signal, "abort").length, 0);
  });

  it("does not turn a wait longer than Node's longest timer into one of a millisecond", async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 40, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 15));
    cancel();
    assert.equal(fired, false);
  });
});

describe("CodedError", () => {
  it("is told apart by its code, which is a string and never an integer", () => {
    const error = new CodedError("ERR_TLS", "no", { details: { host: "a" }, remedy: "do", cause: new Error("below") });
    const foreign: unknown = error;
    assert.ok(isCodedError(foreign, "ERR_API", "ERR_TLS"));
    assert.equal(isCodedError(error as unknown, "ERR_API"), false);
    assert.equal(isCodedError(new Error("ERR_TLS"), "ERR_TLS"), false);
    assert.deepEqual([error.details, error.remedy, (error.cause as Error).message], [{ host: "a" }, "do", "below"]);
    assert.ok(ERROR_CODES.every((code) => /^ERR_[A-Z_]+$/.test(code)));
    assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
  });

  it("is extended by a copy that keeps what it does not change, and the original as its cause", () => {
    const error = new CodedError("ERR_API", "no", { details: { host: "a" }, remedy: "do", attempts: 3 });
    const more = error.extended({ prefix: "oh ", suffix: "!", details: { path: "/x" } });
    assert.deepEqual([more.code, more.message, more.remedy, more.attempts], ["ERR_API", "oh no!", "do", 3]);
    assert.deepEqual([more.details, more.cause, error.message], [{ host: "a", path: "/x" }, error, "no"]);
    const other = error.extended({ code: "ERR_TLS", remedy: "else", attempts: 4, cause: "below" });
    assert.deepEqual([other.code, other.remedy, other.attempts, other.cause], ["ERR_TLS", "else", 4, "below"]);
  });
});
