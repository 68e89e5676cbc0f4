// SPDX-License-Identifier: Apache-2.0
// Rows 29 and 46: there is nothing to read, or nothing that can be read. A resource is dropped from the state only where
// vCenter says definitely that it is gone.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { fastClock } from "../support/clock/system-clocks";
import type { Scenario, Properties } from "../support/in-process";
import { assertFailure, assertSuccess, describe } from "../support/in-process";
import { fault } from "./fault";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

function failing(errorType: string, id: string): RequestAction {
  const error = { error_type: errorType, messages: [{ id, default_message: "The read failed.", args: [] }] };
  return { kind: "taskScript", script: { steps: [{ status: "FAILED", fields: { error } }] } };
}

const NOT_FOUND_ID = "com.vmware.vcenter.trusted_infrastructure.provider.notFound";

function onRead(s: Scenario, action: RequestAction, onMatch = (): void => undefined, times = 1): void {
  s.simulator.faults.add({ match: { operation: "readCertificate" }, action, onMatch, times });
}

faultOfWrites(29, "R", "a read-back whose task FAILED leaves the resource not finished", async (scenario) => {
  const w = await scenario();
  w.answer("R", failing("ERROR", "com.vmware.test.read"), Infinity);
  const texts = [/Reading the (new )?(certificate|signing request)/, "The read failed"];
  const saved = w.assertOpen(await w.create(), "ERR_TASK_FAILED", { taskId: w.taskId() }, ...texts);
  w.assertTraffic(1, 1);
  w.s.simulator.faults.clear();
  // The next up asks after the task, reads, and sends nothing.
  w.assertDone(await w.update(saved));
  w.assertTraffic(2, 1);
});

for (const refusals of ["synchronous", "task"] as const) {
  const title = `a read-back of a key provider that is gone is not finished (${refusals} refusal)`;
  faultOfWrites(29, "R", title, async (scenario) => {
    const w = await scenario({ simulator: { refusals, taskDurationMs: lasting(150) }, timeoutSeconds: 120 });
    const onMatch = (): void => {
      w.s.simulator.removeKeyProvider();
    };
    w.answer("R", { kind: "pass" }, 1, { onMatch });
    // Absent counts as another one, and is read again: thirty seconds become two.
    const outcome = await w.create({ clock: fastClock(15) });
    w.assertOpen(outcome, "ERR_READBACK_MISMATCH", { settled: true }, /SUCCEEDED, but the server shows (none|no )/);
    w.assertTraffic(1, 1);
  });
}

faultOfWrites(29, "R", "an update before a key provider that is gone is a plain failure", async (scenario) => {
  const w = await scenario();
  const state = w.assertDone(await w.create());
  w.s.simulator.removeKeyProvider();
  // Another one is wanted than the state tells of.
  const outcome = await w.update({ ...state, sha256Fingerprint: "of another" }, {}, w.wantsAnother());
  assertFailure(outcome, "ERR_KEY_PROVIDER_NOT_FOUND", "HTTP 404", `${w.kind.method} /api/vcenter`);
  w.assertTraffic(2, 2);
});

const GONE: readonly (readonly [what: string, remove: (s: Scenario) => void])[] = [
  [
    "cluster",
    ({ simulator }) => {
      simulator.removeCluster();
    },
  ],
  [
    "key provider",
    ({ simulator }) => {
      simulator.removeKeyProvider();
    },
  ],
  [
    "certificate",
    ({ simulator }) => {
      simulator.setCertificate(null);
    },
  ],
];
for (const [what, remove] of GONE) {
  for (const refusals of ["synchronous", "task"] as const) {
    fault(29, "R", `a refresh drops the resource where the ${what} is gone (${refusals} refusal)`, async (cell) => {
      const s = await cell.scenario({ simulator: { refusals, taskDurationMs: { patch: 150, read: 5 } } });
      const state = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
      remove(s);
      const outcome = await s.providerProcess().read(s.id, state);
      assert.ok(outcome.kind === "success" && outcome.id === undefined, describe(outcome));
      assert.deepEqual(outcome.properties, {});
      assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
    });
  }
}

const SAYS = (id: string, status = 404, error_type = "NOT_FOUND"): RequestAction => ({
  kind: "respond",
  status,
  body: { error_type, messages: [{ id, default_message: "Not found.", args: [] }] },
});
const UNREADABLE: readonly (readonly [what: string, action: RequestAction, code: string, ...texts: string[]])[] = [
  ["a 500", { kind: "respond", status: 500, body: { error_type: "ERROR", messages: [] } }, "ERR_API", "HTTP 500"],
  ["a 403", SAYS("x", 403, "UNAUTHORIZED"), "ERR_AUTHORIZATION", "TrustedAdmin.ReadKMSTrust"],
  ["a 503", { kind: "respond", status: 503 }, "ERR_OPERATION_TIMEOUT", "HTTP 503"],
  ["an absent endpoint", SAYS("com.vmware.vapi.rest.httpNotFound"), "ERR_ENDPOINT_ABSENT", "vSphere 9"],
  ["a service that does not run", SAYS("vapi.method.input.invalid.interface"), "ERR_ENDPOINT_ABSENT", "service runs"],
  ["a 404 that names no error type", SAYS(NOT_FOUND_ID, 404, ""), "ERR_ENDPOINT_ABSENT", "not clear what is not found"],
  ["a 410", SAYS(NOT_FOUND_ID, 410), "ERR_ENDPOINT_ABSENT", "not clear what is not found"],
  [
    "a 404 page of a proxy",
    { kind: "respond", status: 404, body: "<html>gone</html>" },
    "ERR_OPERATION_TIMEOUT",
    "404",
  ],
  ["a 404 without a body", { kind: "respond", status: 404 }, "ERR_OPERATION_TIMEOUT", "HTTP 404"],
  ["a task that FAILED with ERROR", failing("ERROR", NOT_FOUND_ID), "ERR_TASK_FAILED", "The read failed"],
  ["a task of an absent endpoint", failing("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound"), "ERR_ENDPOINT_ABSENT"],
];
for (const [what, action, code, ...texts] of UNREADABLE) {
  fault(29, "R", `a refresh never drops the resource after ${what}`, async (cell) => {
    // What is not vCenter's own answer is an outage, and waited out for as long as there is time.
    const s = await cell.scenario({ timeoutSeconds: 3 });
    const state = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    onRead(s, action, undefined, Infinity);
    const outcome = await s.providerProcess().read(s.id, state);
    assertFailure(outcome, code, "Reading the client certificate", ...texts);
    // After a 403 a new login is tried.
    assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [what === "a 403" ? 3 : 2, 1]);
  });
}

faultOfWrites(46, "R", "an id of another form is refused before any request", async (scenario) => {
  const { s } = await scenario();
  const ids = [
    "",
    "domain-c8",
    "/",
    "domain-c8/",
    "/kms-1",
    "a/b/c",
    "%zz/kms-1",
    "../kms-1",
    "%2e%2e/kms-1",
    "a\nb/c",
  ];
  for (const id of ids) {
    for (const properties of [{}, { server: s.environment["VSPHERE_TRUST_AUTHORITY_SERVER"] }]) {
      const outcome = await s.providerProcess().read(id, properties);
      assertFailure(
        outcome,
        "ERR_INPUT_INVALID",
        /^Reading the [a-z -]+ on /,
        "is not of the form <cluster>/<keyProvider>",
        "domain-c8/kms-1",
      );
    }
  }
  assert.equal(s.simulator.journal.count(), 0);
});

fault(46, "R", "an id with encoded parts is read as what it stands for", async (cell) => {
  const cluster = "domain c8?";
  const keyProvider = "kms/1 ä%";
  const s = await cell.scenario({ simulator: { clusters: [{ id: cluster, keyProviders: [keyProvider] }] } });
  const outcome = await s.providerProcess().read(s.id, {});
  assert.ok(outcome.kind === "success", describe(outcome));
  const { properties } = outcome;
  assert.deepEqual([outcome.id, properties["cluster"], properties["keyProvider"]], [s.id, cluster, keyProvider]);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 0]);
});

fault(46, "R", "an import of what is not there fails, and a refresh drops it", async (cell) => {
  const s = await cell.scenario();
  const state: Properties = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
  s.simulator.removeKeyProvider();
  const imported = await s.providerProcess().read(s.id, {});
  assertFailure(imported, "ERR_KEY_PROVIDER_NOT_FOUND", "NOT_FOUND", "Check cluster and keyProvider");
  const refreshed = await s.providerProcess().read(s.id, state);
  assert.ok(refreshed.kind === "success" && refreshed.id === undefined, describe(refreshed));
  assert.equal(s.simulator.journal.patches(), 1);
});
