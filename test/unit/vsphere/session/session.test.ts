// SPDX-License-Identifier: Apache-2.0
// One session for everything that overlaps: how often it logs in, when it logs out, what a refused token means.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError, isCodedError } from "../../../../provider/src/core/coded-error";
import { withDeadline } from "../../../../provider/src/core/deadline";
import { RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import type { HttpRequest } from "../../../../provider/src/vsphere/http/http-client";
import { VirtualClock } from "../../../support/clock/virtual-clock";
import { fakeVCenter, vapiError } from "../fake-http";
import type { FakeAnswer, FakeVCenter } from "../fake-http";

/** Written out, so that another time in the code is seen. */
const LOGOUT_GRACE_MS = 2_000;

interface Stage {
  readonly clock: VirtualClock;
  readonly vcenter: FakeVCenter;
  readonly logins: () => number;
  readonly logouts: () => string[];
}

function stage(
  answer: (request: HttpRequest, clock: VirtualClock) => FakeAnswer | Promise<FakeAnswer> | undefined,
): Stage {
  const clock = new VirtualClock();
  const vcenter = fakeVCenter(clock, (request) => answer(request, clock));
  return {
    clock,
    vcenter,
    logins: () => vcenter.count("POST", "/api/session"),
    logouts: () =>
      vcenter.requests
        .filter(({ method }) => method === "DELETE")
        .map(({ headers }) => headers["vmware-api-session-id"] ?? "none"),
  };
}

const ok = ({ path }: HttpRequest): FakeAnswer | undefined => (path === "/x" ? { status: 200, json: 1 } : undefined);

/** One call within the session, as an operation makes it. */
function call({ clock, vcenter }: Stage, timeoutMs = 60_000, parent?: AbortSignal): Promise<unknown> {
  vcenter.session.acquire();
  return withDeadline({ clock, timeoutMs, parent }, (deadline) =>
    vcenter.api.call({ method: "GET", path: "/x", notFound: "ERR_ENDPOINT_ABSENT", expected: [200] }, deadline),
  ).finally(() => {
    vcenter.session.release();
  });
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.fail("it succeeded"),
    (error: unknown) => error,
  );

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

  it("logs in once more for a refused token, repeats the call, and logs both tokens out", async () => {
    const expired = stage((request) =>
      request.headers["vmware-api-session-id"]?.startsWith("token-1") === true && request.path === "/x"
        ? { status: 401, json: vapiError("UNAUTHENTICATED") }
        : ok(request),
    );
    await expired.clock.run(Promise.all([call(expired), call(expired), call(expired)]));
    assert.equal(expired.logins(), 2);
    await expired.clock.advance(LOGOUT_GRACE_MS);
    assert.deepEqual(expired.logouts().sort(), ["token-1-of-the-fake-vcenter", "token-2-of-the-fake-vcenter"]);
  });

  it("gives up when the token of a new login is refused as well", async () => {
    const refusing = stage(({ path }) =>
      path === "/x" ? { status: 401, json: vapiError("UNAUTHENTICATED") } : undefined,
    );
    const error = await refusing.clock.run(errorOf(call(refusing)));
    assert.ok(isCodedError(error, "ERR_AUTHENTICATION"));
    assert.match(error.message, /a new login did not help/);
    assert.equal(refusing.logins(), 2);
  });

  it("tries one new login for a 403 in each operation, and none for its later calls once that has not helped", async () => {
    const forbidden = stage(({ path }) =>
      path === "/x" ? { status: 403, json: vapiError("UNAUTHORIZED") } : undefined,
    );
    const { clock, vcenter } = forbidden;
    const operation = withDeadline({ clock, timeoutMs: 60_000 }, async (deadline) => {
      for (const logins of [2, 2, 2]) {
        const request = { method: "GET", path: "/x", notFound: "ERR_API", expected: [200] } as const;
        const error = await errorOf(vcenter.api.call(request, deadline));
        assert.ok(isCodedError(error, "ERR_AUTHORIZATION"));
        assert.equal(forbidden.logins(), logins);
      }
    });
    await clock.run(operation);
    await clock.run(errorOf(call(forbidden)));
    assert.equal(forbidden.logins(), 3);
  });

  it("costs 3 logins more, not 50, if 50 operations lack a privilege, and is renewed all the same when it has expired", async () => {
    const state: { expired?: string } = {};
    const forbidden = stage(({ path, method, headers }) => {
      const isExpired = headers["vmware-api-session-id"] === state.expired;
      if (path === "/api/session" && method === "GET")
        return isExpired ? { status: 401, json: vapiError("UNAUTHENTICATED") } : { status: 200, json: {} };
      if (path !== "/x") return undefined;
      return isExpired || state.expired === undefined
        ? { status: 403, json: vapiError("UNAUTHORIZED") }
        : { status: 200, json: 1 };
    });
    for (let number = 0; number < 50; number += 1) {
      assert.ok(isCodedError(await forbidden.clock.run(errorOf(call(forbidden))), "ERR_AUTHORIZATION"));
    }
    assert.equal(forbidden.logins(), 4);
    state.expired = forbidden.vcenter.session.secrets().at(-1) ?? assert.fail("no session");
    await forbidden.clock.run(call(forbidden));
    assert.equal(forbidden.logins(), 5);
  });

  it("never sends a refused password twice, and says so", async () => {
    const locked = stage(({ path }) =>
      path === "/api/session" ? { status: 401, json: vapiError("UNAUTHENTICATED") } : undefined,
    );
    const error = await locked.clock.run(errorOf(call(locked)));
    assert.ok(isCodedError(error, "ERR_AUTHENTICATION"));
    assert.match(error.remedy ?? "", /not tried again/);
    assert.equal(locked.logins(), 1);
    assert.doesNotMatch(`${error.message} ${error.remedy ?? ""} ${JSON.stringify(error.details)}`, /correct horse/);
  });

  it("takes the session limit for no passing trouble", async () => {
    const id = "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached";
    const full = stage(({ path }) =>
      path === "/api/session" ? { status: 503, json: vapiError("SERVICE_UNAVAILABLE", id) } : undefined,
    );
    const error = await full.clock.run(errorOf(call(full)));
    assert.ok(isCodedError(error, "ERR_SESSION_LIMIT"));
    assert.equal(full.logins(), 1);
  });

  it("waits 10 s for a login that meets a 503 or a broken connection, and not until the deadline", async () => {
    let number = 0;
    const starting = stage(({ path, method }) => {
      if (path !== "/api/session" || method !== "POST") return ok({ path, method, headers: {} });
      number += 1;
      if (number === 1) return { status: 503, headers: {}, text: "<html>starting</html>" };
      if (number === 2) throw new RequestError("ERR_CONNECT", "refused", { method, path, fate: "not-sent" });
      return undefined;
    });
    await starting.clock.run(call(starting));
    assert.equal(starting.logins(), 3);
    const sick = stage(({ path }) => (path === "/api/session" ? { status: 503, headers: {}, text: "" } : undefined));
    assert.ok(isCodedError(await sick.clock.run(errorOf(call(sick))), "ERR_API"));
    assert.ok(sick.clock.nowMs() > 10_000 && sick.clock.nowMs() <= 20_000, `${sick.clock.nowMs()} ms`);
    assert.ok(sick.logins() < 40, `${sick.logins()} logins`);
  });

  it("believes no token that could not stand in a header", async () => {
    for (const json of ["", "two words", "line\r\nbreak", "x".repeat(3_000), null, 5, { value: "t" }]) {
      const odd = stage(({ path, method }) =>
        path === "/api/session" && method === "POST" ? { status: 201, json } : undefined,
      );
      assert.ok(isCodedError(await odd.clock.run(errorOf(call(odd))), "ERR_RESPONSE_INVALID"), JSON.stringify(json));
      assert.equal(odd.logins(), 1);
    }
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

  it("leaves a call unsent whose login fails, so that no write is taken for half done", async () => {
    const full = stage(({ path, method }) =>
      path === "/api/session" && method === "POST"
        ? { status: 503, json: vapiError("SERVICE_UNAVAILABLE", "vapi.failedToLoginMaxUserSessionCountReached") }
        : undefined,
    );
    const error = await full.clock.run(errorOf(call(full)));
    assert.ok(error instanceof RequestError);
    assert.deepEqual(
      [error.code, error.request.fate, error.request.httpStatus],
      ["ERR_SESSION_LIMIT", "not-sent", 503],
    );
    assert.match(error.remedy ?? "", /end idle sessions/);
    assert.equal(full.vcenter.requests.length, 1);
  });
});
