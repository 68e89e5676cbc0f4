// SPDX-License-Identifier: Apache-2.0
// One session for everything that overlaps: how often it logs in, and when it logs out.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError, isCodedError } from "../../../../provider/src/core/coded-error";
import { errorOf } from "../../../support/error-of";
import { vapiError } from "../fake-http";
import type { FakeAnswer } from "../fake-http";
import { call, LOGOUT_GRACE_MS, ok, stage } from "./session-stage";

describe("the session", () => {
  it("logs in once for 64 calls at once, and logs out once when the last has left", async () => {
    const many = stage(ok);
    await many.clock.run(Promise.all(Array.from({ length: 64 }, () => call(many))));
    assert.equal(many.logins(), 1);
    assert.deepEqual(many.logouts(), []);
    await many.clock.advance(LOGOUT_GRACE_MS);
    assert.deepEqual(many.logouts(), ["token-1-of-the-fake-vcenter"]);
    assert.deepEqual([many.vcenter.closed(), many.vcenter.idle(), many.clock.timers], [1, 1, 0]);
  });

  it("stays open for whoever comes within the time of grace, and logs in anew afterwards", async () => {
    const paced = stage(ok);
    await paced.clock.run(call(paced));
    await paced.clock.advance(LOGOUT_GRACE_MS - 1);
    const second = call(paced);
    await paced.clock.advance(10);
    await second;
    assert.deepEqual([paced.logins(), paced.logouts().length], [1, 0]);
    await paced.clock.advance(LOGOUT_GRACE_MS);
    assert.equal(paced.logouts().length, 1);
    await paced.clock.run(call(paced));
    assert.equal(paced.logins(), 2);
  });

  it("sends HTTP Basic and asks for no cookie at login, and the token in its header alone afterwards", async () => {
    const plain = stage(ok);
    await plain.clock.run(call(plain));
    const [login, get] = plain.vcenter.requests;
    assert.equal(login?.headers["authorization"], `Basic ${Buffer.from("admin:correct horse").toString("base64")}`);
    assert.equal(login.headers["vmware-use-header-authn"], "true");
    assert.equal(get?.headers["vmware-api-session-id"], "token-1-of-the-fake-vcenter");
    assert.equal(get.headers["authorization"], undefined);
  });

  it("ignores a logout that fails, is refused or never ends", async () => {
    for (const answer of [
      (): FakeAnswer => ({ status: 500, json: vapiError("ERROR") }),
      (): FakeAnswer => {
        throw new Error("reset");
      },
      (): Promise<FakeAnswer> => new Promise(() => undefined),
    ]) {
      const sick = stage((request) => (request.method === "DELETE" ? answer() : ok(request)));
      await sick.clock.run(call(sick));
      await sick.clock.advance(LOGOUT_GRACE_MS + 1_500);
      assert.deepEqual([sick.logouts().length, sick.vcenter.closed(), sick.vcenter.idle()], [1, 1, 1]);
      assert.equal(sick.clock.timers, 0);
    }
  });

  it("closes the sockets behind a logout that an earlier call has begun", async () => {
    const slow = stage(async (request, clock) => {
      if (request.method === "DELETE") await clock.sleep(100, new AbortController().signal);
      return ok(request) as FakeAnswer;
    });
    await slow.clock.run(call(slow));
    await slow.clock.advance(LOGOUT_GRACE_MS + 50);
    assert.deepEqual([slow.logouts().length, slow.vcenter.closed()], [1, 0]);
    assert.deepEqual(slow.vcenter.session.secrets(), slow.logouts(), "vCenter still takes it");
    const closed = slow.vcenter.session.close();
    await slow.clock.advance(49);
    assert.equal(slow.vcenter.closed(), 0, "the logout was cut");
    await slow.clock.run(closed);
    assert.deepEqual([slow.logouts().length, slow.clock.timers, slow.vcenter.session.secrets()], [1, 0, []]);
  });

  it("closes the sockets behind a logout that another call begins while it waits", async () => {
    const slow = stage(async (request, clock) => {
      if (request.method === "DELETE") await clock.sleep(1_000, new AbortController().signal);
      return ok(request) as FakeAnswer;
    });
    await slow.clock.run(call(slow));
    await slow.clock.advance(LOGOUT_GRACE_MS);
    await slow.clock.run(call(slow));
    await slow.clock.advance(500);
    const closed = slow.vcenter.session.close();
    await slow.clock.advance(999);
    assert.deepEqual([slow.logouts().length, slow.vcenter.closed()], [2, 0], "the second logout was cut");
    await slow.clock.run(closed);
    assert.equal(slow.vcenter.closed(), 2);
  });

  it("closes the sockets behind the logout of a login that was under way", async () => {
    const slow = stage(async (request, clock) => {
      if (request.path !== "/api/session") return ok(request) as FakeAnswer;
      await clock.sleep(request.method === "DELETE" ? 500 : 2_400, new AbortController().signal);
      return { status: 201, json: "late-token" };
    });
    await slow.clock.run(errorOf(call(slow, 1_000)));
    const closed = slow.vcenter.session.close();
    await slow.clock.advance(1_899);
    assert.deepEqual([slow.logouts(), slow.vcenter.closed()], [["late-token"], 0], "the logout was cut");
    await slow.clock.run(closed);
    assert.deepEqual([slow.clock.nowMs(), slow.vcenter.closed()], [2_900, 1]);
  });

  it("lets the others go on if the one that had begun the login is ended", async () => {
    const slow = stage(async (request, clock) => {
      if (request.path === "/api/session" && request.method === "POST")
        await clock.sleep(500, new AbortController().signal);
      return ok(request) as FakeAnswer;
    });
    const first = new AbortController();
    const failing = errorOf(call(slow, 60_000, first.signal));
    await slow.clock.advance(10);
    const second = call(slow);
    await slow.clock.advance(10);
    first.abort(new CodedError("ERR_ABORTED", "ended"));
    assert.ok(isCodedError(await failing, "ERR_ABORTED"));
    await slow.clock.run(second);
  });

  for (const [when, answersAfterMs] of [
    ["soon", 2_000],
    ["later than the time of grace", 20_000],
  ] as const) {
    it(`logs out what a login brings ${when} after its operation has ended`, async () => {
      const slow = stage(async (request, clock) => {
        if (request.path !== "/api/session" || request.method !== "POST") return ok(request) as FakeAnswer;
        await clock.sleep(answersAfterMs, new AbortController().signal);
        return { status: 201, json: "late-token" };
      });
      assert.ok(isCodedError(await slow.clock.run(errorOf(call(slow, 1_000))), "ERR_OPERATION_TIMEOUT"));
      await slow.clock.advance(answersAfterMs - slow.clock.nowMs() - 1);
      assert.deepEqual([slow.logouts(), slow.vcenter.closed()], [[], 0]);
      await slow.clock.advance(1 + LOGOUT_GRACE_MS);
      assert.deepEqual(slow.logouts(), ["late-token"]);
      assert.deepEqual([slow.vcenter.closed(), slow.vcenter.idle(), slow.clock.timers], [1, 1, 0]);
    });
  }

  it("stays open for an operation that begins while a login that was left is awaited", async () => {
    let logins = 0;
    const slow = stage(async (request, clock) => {
      const isFirst = request.path === "/api/session" && request.method === "POST" && (logins += 1) === 1;
      if (isFirst) await clock.sleep(20_000, new AbortController().signal);
      if (request.path === "/x") await clock.sleep(5_000, new AbortController().signal);
      return isFirst ? { status: 201, json: "late-token" } : (ok(request) as FakeAnswer);
    });
    await slow.clock.run(errorOf(call(slow, 1_000)));
    await slow.clock.advance(18_000);
    const second = call(slow);
    await slow.clock.advance(2_000);
    assert.deepEqual(slow.logouts(), ["late-token"]);
    await slow.clock.run(second);
  });

  it("is not idle if an operation begins while the connections close", async () => {
    const closing = stage(ok);
    await closing.clock.run(call(closing));
    const { client, session } = closing.vcenter;
    const close = client.close.bind(client);
    let second: Promise<unknown> | undefined;
    client.close = () => {
      second ??= call(closing);
      return close();
    };
    await closing.clock.advance(LOGOUT_GRACE_MS);
    assert.equal(await closing.clock.run(second ?? assert.fail("nothing was closed")).then(() => "ok"), "ok");
    assert.deepEqual([closing.vcenter.closed(), closing.vcenter.idle(), closing.logins()], [1, 0, 2]);
    await closing.clock.run(session.close());
    assert.deepEqual([closing.vcenter.idle(), closing.logouts().length], [1, 2]);
  });

  it("knows every token it has had, for redaction, until they are logged out", async () => {
    const plain = stage(ok);
    await plain.clock.run(call(plain));
    plain.vcenter.session.refused("some other token");
    assert.deepEqual(plain.vcenter.session.secrets(), ["token-1-of-the-fake-vcenter"]);
    plain.vcenter.session.refused("token-1-of-the-fake-vcenter");
    assert.deepEqual(plain.vcenter.session.secrets(), ["token-1-of-the-fake-vcenter"]);
  });
});
