// SPDX-License-Identifier: Apache-2.0
// Task scripts, by which a test dictates the course of a task: by polls, by the clock, with its effect early, late or never.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Simulator, TaskScript } from "../src/index";
import { startSimulator } from "../src/index";
import { makePair } from "./client-certificates";
import type { PlainAnswer } from "./plain-client";
import { fields, finalInfo, getTask, login, readCertificate } from "./plain-client";
import type { SentPatch } from "./patches";
import { fingerprint, idOf, scriptedPatch } from "./patches";

describe("task scripts", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  before(async () => {
    simulator = await startSimulator({ taskDurationMs: { patch: 120, read: 10 } });
    headers = await login(simulator);
  });
  after(() => simulator.close());

  const scripted = (script: TaskScript): Promise<SentPatch> => scriptedPatch(simulator, headers, script);
  const look = async (accepted: PlainAnswer): Promise<Record<string, unknown>> =>
    fields(await getTask(simulator, idOf(accepted), headers));

  it("plays a script by polls: BLOCKED, unknown words, a missing status, FAILED with the reason in result", async () => {
    const accepted = await scripted({
      steps: [
        { status: "PENDING", forPolls: 1 },
        { status: "BLOCKED", forPolls: 2 },
        { status: "running", forPolls: 1 },
        { status: "RUNNING", fields: { status: undefined, result: { partial: true } }, forPolls: 1 },
        { status: "FAILED", fields: { error: null, result: { messages: [] } } },
      ],
    });
    const seen = [];
    for (let looks = 0; looks < 7; looks += 1) seen.push(await look(accepted));
    assert.deepEqual(
      seen.map((info) => info["status"]),
      ["PENDING", "BLOCKED", "BLOCKED", "running", undefined, "FAILED", "FAILED"],
    );
    assert.deepEqual(seen[4]?.["result"], { partial: true });
    assert.deepEqual([seen[6]?.["error"], seen[6]?.["result"]], [null, { messages: [] }]);
    assert.notEqual(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
  });

  it("plays a script by the clock, and SUCCEEDED before RUNNING, with the effect at the first SUCCEEDED", async () => {
    const accepted = await scripted({
      steps: [
        { status: "RUNNING", forMs: 400 },
        { status: "SUCCEEDED", forPolls: 1 },
        { status: "RUNNING", forMs: 400 },
        { status: "SUCCEEDED" },
      ],
    });
    assert.equal((await look(accepted))["status"], "RUNNING");
    assert.notEqual(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
    await new Promise((resolve) => setTimeout(resolve, 410));
    assert.equal((await look(accepted))["status"], "SUCCEEDED");
    assert.equal(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
    assert.equal((await look(accepted))["status"], "RUNNING");
    assert.equal((await finalInfo(simulator, accepted, headers))["status"], "SUCCEEDED");
  });

  it("lets a task vanish, with or without its effect", async () => {
    for (const effect of ["never", { afterMs: 0 }] as const) {
      const steps = [
        { status: "RUNNING", forPolls: 1 },
        { status: "RUNNING", vanish: true },
      ];
      const accepted = await scripted({ steps, effect });
      assert.equal((await look(accepted))["status"], "RUNNING");
      assert.equal((await getTask(simulator, idOf(accepted), headers)).status, 404);
      const shows = fingerprint(simulator.certificate()) === fingerprint(accepted.certificate);
      assert.equal(shows, effect !== "never");
    }
  });

  it("shows a write late (a lagging replica), at once, never, or as a third certificate", async () => {
    const lagging = await scripted({ steps: [{ status: "SUCCEEDED" }], lagMs: 500 });
    assert.equal((await look(lagging))["status"], "SUCCEEDED");
    assert.notEqual(fingerprint(await readCertificate(simulator, headers)), fingerprint(lagging.certificate));
    await new Promise((resolve) => setTimeout(resolve, 510));
    assert.equal(fingerprint(await readCertificate(simulator, headers)), fingerprint(lagging.certificate));
    const early = await scripted({ effect: "atOnce" });
    assert.equal(fingerprint(simulator.certificate()), fingerprint(early.certificate));
    const never = await scripted({ effect: "never" });
    assert.equal((await finalInfo(simulator, never, headers))["status"], "SUCCEEDED");
    assert.equal(fingerprint(simulator.certificate()), fingerprint(early.certificate));
    const third = await makePair();
    await finalInfo(simulator, await scripted({ certificatePem: third.certificate }), headers);
    assert.equal(fingerprint(simulator.certificate()), fingerprint(third.certificate));
  });

  it("writes the read's PEM with CRLF, with text, as a chain, without the final newline", async () => {
    const live = fingerprint(simulator.certificate());
    for (const [encoding, looks] of [
      ["crlf", /-----\r\n[^\n]+\r\n/],
      ["text", /^Certificate:\n/],
      ["chain", /-----END CERTIFICATE-----\n-----BEGIN/],
      ["no-final-newline", /-----$/],
    ] as const) {
      const script = { encoding };
      simulator.faults.add({ match: { operation: "readCertificate" }, action: { kind: "taskScript", script } });
      const pem = await readCertificate(simulator, headers);
      assert.match(pem, looks);
      assert.equal(fingerprint(/-----BEGIN[^]+?-----END CERTIFICATE-----/.exec(pem)?.[0]), live);
    }
  });
});
