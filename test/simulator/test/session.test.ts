// SPDX-License-Identifier: Apache-2.0
// Sessions of the simulator against the vendor's cis/session: statuses, bodies, limits, expiry.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { SESSION, SESSION_LIMIT_ID, UNAUTHENTICATED_ID } from "./fixtures/vendor-shapes";
import { basic, certificatePath, fields, login, plain, withSession } from "./plain-client";

function messageId(body: Record<string, unknown>): unknown {
  return (body["messages"] as { id: string }[])[0]?.id;
}

describe("sessions", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ maxSessions: 2, sessionIdleMs: 500 });
  });
  after(() => simulator.close());

  it("answers POST, GET and DELETE with the documented statuses and fields", async () => {
    const headers = basic(simulator.user, simulator.password);
    const made = await plain(simulator, "POST", "/api/session", { headers });
    assert.equal(made.status, SESSION.statuses.POST);
    const token: unknown = JSON.parse(made.text);
    assert.ok(typeof token === "string" && token.length >= 16);
    const session = { "vmware-api-session-id": token };
    const info = await plain(simulator, "GET", "/api/session", { headers: session });
    assert.equal(info.status, SESSION.statuses.GET);
    assert.deepEqual(Object.keys(fields(info)).sort(), [...SESSION.infoRequired].sort());
    const gone = await plain(simulator, "DELETE", "/api/session", { headers: session });
    assert.deepEqual([gone.status, gone.text], [SESSION.statuses.DELETE, ""]);
    assert.equal((await plain(simulator, "GET", "/api/session", { headers: session })).status, 401);
    simulator.assertClean();
  });

  it("sets a cookie unless the login says vmware-use-header-authn, and never takes one", async () => {
    const authn = basic(simulator.user, simulator.password);
    const cookie = await plain(simulator, "POST", "/api/session", { headers: authn });
    const [set] = cookie.headers["set-cookie"] ?? [];
    assert.match(set ?? "", /^vmware-api-session-id=[0-9a-f]+;/);
    const none = await plain(simulator, "POST", "/api/session", {
      headers: { ...authn, "vmware-use-header-authn": "true" },
    });
    assert.equal(none.headers["set-cookie"], undefined);
    const byCookie = await plain(simulator, "GET", "/api/session", {
      headers: { cookie: (set ?? "").split(";")[0] ?? "" },
    });
    assert.equal(byCookie.status, 401);
    simulator.expireSessions();
  });

  it("answers a wrong password with 401 and a challenge, and says no detail", async () => {
    const headers = basic(simulator.user, "wrong");
    const refused = await plain(simulator, "POST", "/api/session", { headers });
    assert.equal(refused.status, 401);
    assert.equal(fields(refused)["error_type"], "UNAUTHENTICATED");
    assert.equal(refused.headers["www-authenticate"], fields(refused)["challenge"]);
    assert.ok(!refused.text.includes("wrong"));
    assert.equal(simulator.openSessions(), 0);
  });

  it("answers an operation without a session, or with an expired one, with 401", async () => {
    const path = certificatePath(simulator);
    const headers = await login(simulator);
    for (const sent of [{}, { "vmware-api-session-id": "0123" }]) {
      const refused = await plain(simulator, "GET", path, { headers: sent });
      assert.deepEqual([refused.status, messageId(fields(refused))], [401, UNAUTHENTICATED_ID]);
    }
    assert.equal((await plain(simulator, "GET", path, { headers })).status, 202);
    simulator.expireSessions();
    assert.equal((await plain(simulator, "GET", path, { headers })).status, 401);
  });

  it("forgets a session that was idle for too long, and keeps one that is used", async () => {
    const used = await login(simulator);
    const idle = await login(simulator);
    for (let looks = 0; looks < 7; looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal((await plain(simulator, "GET", "/api/session", { headers: used })).status, 200);
    }
    assert.equal((await plain(simulator, "GET", "/api/session", { headers: idle })).status, 401);
    assert.equal(simulator.openSessions(), 1);
    simulator.expireSessions();
  });

  it("answers 503 with the documented message id when there are too many sessions", async () => {
    await login(simulator);
    await login(simulator);
    const headers = basic(simulator.user, simulator.password);
    const refused = await plain(simulator, "POST", "/api/session", { headers });
    assert.equal(refused.status, 503);
    assert.equal(fields(refused)["error_type"], "SERVICE_UNAVAILABLE");
    assert.equal(messageId(fields(refused)), SESSION_LIMIT_ID);
    assert.equal(simulator.openSessions(), 2);
    simulator.expireSessions();
  });

  it("serves the old /rest login with its wrapped value and its wrapped errors", async () => {
    const path = "/rest/com/vmware/cis/session";
    const made = await plain(simulator, "POST", path, { headers: basic(simulator.user, simulator.password) });
    assert.equal(made.status, 200);
    const headers = { "vmware-api-session-id": fields(made)["value"] as string };
    assert.equal((await plain(simulator, "GET", "/api/session", { headers })).status, 200);
    assert.equal((await plain(simulator, "DELETE", path, { headers })).status, 200);
    const refused = await plain(simulator, "POST", path, { headers: basic("nobody", "x") });
    assert.equal(refused.status, 401);
    assert.equal(fields(refused)["type"], "com.vmware.vapi.std.errors.unauthenticated");
  });

  it("shows sessions in the journal by number and never a secret", async () => {
    simulator.journal.clear();
    await withSession(simulator, (headers) => plain(simulator, "GET", "/api/session", { headers }));
    const numbers = simulator.journal.entries.map((entry) => entry.session);
    assert.equal(new Set(numbers).size, 1);
    assert.equal(typeof numbers[0], "number");
    const text = JSON.stringify(simulator.journal.entries);
    const secret = Buffer.from(`${simulator.user}:${simulator.password}`).toString("base64");
    assert.ok(!text.includes(simulator.password) && !text.includes(secret));
    assert.ok(!/vmware-api-session-id/.test(text));
    assert.equal(simulator.journal.logins(), 1);
  });
});
