// SPDX-License-Identifier: Apache-2.0
// What a refused login and a refused token mean. An answer that is no token, and a refused password: rows 1, 2 and 4 of the
// fault matrix.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodedError } from "../../../../provider/src/core/coded-error";
import { withDeadline } from "../../../../provider/src/core/deadline";
import { RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import { errorOf } from "../../../support/error-of";
import { vapiError } from "../fake-http";
import { call, LOGOUT_GRACE_MS, ok, stage } from "./session-stage";

describe("a login", () => {
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
