// SPDX-License-Identifier: Apache-2.0
// A front (proxy, load balancer) that answers with its HTML page while the vCenter behind it is away.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { login, plain } from "./plain-client";
import { fingerprint, patchNewPair } from "./patches";

describe("a front that answers for the vCenter", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  before(async () => {
    simulator = await startSimulator({ taskDurationMs: 5 });
    headers = await login(simulator);
  });
  after(() => simulator.close());

  it("sends its page for every path during its time, from the request that the rule takes", async () => {
    const rule = simulator.faults.add({
      match: { operation: "patch" },
      action: { kind: "front", status: 502, forMs: 60_000, applyThen: true },
    });
    assert.equal((await plain(simulator, "GET", "/api/session", { headers })).status, 200);
    const lost = await patchNewPair(simulator, headers);
    const answers = [
      lost,
      await patchNewPair(simulator, headers),
      await plain(simulator, "GET", "/api/session", { headers }),
      await plain(simulator, "POST", "/api/cis/tasks?action=list", { headers, body: {} }),
      await plain(simulator, "GET", "/no/such/path"),
    ];
    for (const { status, headers: said, text } of answers) {
      assert.deepEqual([status, said["content-type"]], [502, "text/html"]);
      assert.match(text, /<h1>502 Bad Gateway<\/h1>/);
    }
    assert.equal(simulator.tasks().length, 1, "only the first request reached the vCenter");
    assert.equal(rule.fired, 1);
    assert.deepEqual(
      simulator.journal.entries.slice(-4).map(({ fault }) => fault),
      answers.slice(1).map(() => rule.name),
    );
    assert.equal(fingerprint(simulator.certificate()), fingerprint(lost.certificate));
  });

  it("carries nothing out without applyThen, and ends with its time or with the rules", async () => {
    simulator.faults.clear();
    const made = simulator.tasks().length;
    simulator.faults.add({ match: {}, action: { kind: "front", status: 404, forMs: 60_000 } });
    assert.equal((await patchNewPair(simulator, headers)).status, 404);
    assert.equal(simulator.tasks().length, made);
    simulator.faults.clear();
    assert.equal((await patchNewPair(simulator, headers)).status, 202);
    simulator.faults.add({ match: {}, action: { kind: "front", status: 503, forMs: 50 } });
    assert.equal((await plain(simulator, "GET", "/api/session", { headers })).status, 503);
    await sleep(60);
    assert.equal((await plain(simulator, "GET", "/api/session", { headers })).status, 200);
  });
});
