// SPDX-License-Identifier: Apache-2.0
// Rows 29 and 46: there is nothing to read, or nothing that can be read. A resource is dropped from the state only where
// vCenter says definitely that it is gone.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { fastClock } from "../support/clock/system-clocks";
import type { Scenario, Properties } from "../support/in-process";
import { assertFailure, assertNotFinished, assertSuccess, describe } from "../support/in-process";
import { fault } from "./fault";
import { patchTask } from "./traffic";

function failing(errorType: string, id: string): RequestAction {
  const error = { error_type: errorType, messages: [{ id, default_message: "The read failed.", args: [] }] };
  return { kind: "taskScript", script: { steps: [{ status: "FAILED", fields: { error } }] } };
}

const NOT_FOUND_ID = "com.vmware.vcenter.trusted_infrastructure.provider.notFound";

function onRead(s: Scenario, action: RequestAction, onMatch = (): void => undefined, times = 1): void {
  s.simulator.faults.add({ match: { operation: "readCertificate" }, action, onMatch, times });
}

fault(29, "R", "a read-back whose task FAILED leaves the resource not finished", async (cell) => {
  const s = await cell.scenario();
  onRead(s, failing("ERROR", "com.vmware.test.read"), undefined, Infinity);
  const outcome = await s.process().create(s.inputs());
  const pending = { taskId: patchTask(s), fingerprint: s.wanted.fingerprint };
  const saved = assertNotFinished(outcome, "ERR_TASK_FAILED", pending, "Reading the certificate", "The read failed");
  assert.equal(s.simulator.journal.patches(), 1);
  s.simulator.faults.clear();
  // The next up asks after the task, reads, and sends nothing.
  assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
});

fault(29, "R", "a read-back of a key provider that is gone is not finished, however vCenter says it", async (cell) => {
  for (const refusals of ["synchronous", "task"] as const) {
    const simulator = { refusals, taskDurationMs: { patch: 150, read: 5 } };
    const s = await cell.scenario({ simulator, timeoutSeconds: 120 });
    onRead(s, { kind: "pass" }, () => {
      s.simulator.removeKeyProvider();
    });
    // Absent counts as another certificate, and is read again: thirty seconds become two.
    const outcome = await s.process({ clock: fastClock(15) }).create(s.inputs());
    assertNotFinished(outcome, "ERR_READBACK_MISMATCH", {}, "SUCCEEDED, but the server shows no certificate");
    assert.equal(s.simulator.journal.patches(), 1);
  }
});

fault(29, "R", "an update before a key provider that is gone is a plain failure: the old state stays", async (cell) => {
  const s = await cell.scenario();
  const state = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  s.simulator.removeKeyProvider();
  const outcome = await s.process().update({ ...state, sha256Fingerprint: "of another" }, s.inputs());
  assertFailure(outcome, "ERR_KEY_PROVIDER_NOT_FOUND", "HTTP 404", "PATCH /api/vcenter");
  assert.equal(s.simulator.journal.patches(), 2);
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
      const state = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
      remove(s);
      const outcome = await s.process().read(s.id, state);
      assert.ok(outcome.kind === "success" && outcome.id === undefined, describe(outcome));
      assert.deepEqual(outcome.properties, {});
      assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
    });
  }
}

const ROUTER = (id: string): RequestAction => ({
  kind: "respond",
  status: 404,
  body: { error_type: "NOT_FOUND", messages: [{ id, default_message: "Not found.", args: [] }] },
});
const UNREADABLE: readonly (readonly [what: string, action: RequestAction, code: string, ...texts: string[]])[] = [
  ["a 500", { kind: "respond", status: 500, body: { error_type: "ERROR", messages: [] } }, "ERR_API", "HTTP 500"],
  ["a 503", { kind: "respond", status: 503 }, "ERR_OPERATION_TIMEOUT", "HTTP 503"],
  ["an absent endpoint", ROUTER("com.vmware.vapi.rest.httpNotFound"), "ERR_ENDPOINT_ABSENT", "vSphere 9"],
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
    const state = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    onRead(s, action, undefined, Infinity);
    const outcome = await s.process().read(s.id, state);
    assertFailure(outcome, code, "Reading the client certificate", ...texts);
    assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
  });
}

fault(46, "R", "an id of another form is refused before any request", async (cell) => {
  const s = await cell.scenario();
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
      const outcome = await s.process().read(id, properties);
      assertFailure(outcome, "ERR_INPUT_INVALID", "is not of the form <cluster>/<keyProvider>", "domain-c8/kms-1");
    }
  }
  assert.equal(s.simulator.journal.count(), 0);
});

fault(46, "R", "an id with encoded parts is read as what it stands for", async (cell) => {
  const cluster = "domain c8?";
  const keyProvider = "kms/1 ä%";
  const s = await cell.scenario({ simulator: { clusters: [{ id: cluster, keyProviders: [keyProvider] }] } });
  const outcome = await s.process().read(s.id, {});
  assert.ok(outcome.kind === "success", describe(outcome));
  const { properties } = outcome;
  assert.deepEqual([outcome.id, properties["cluster"], properties["keyProvider"]], [s.id, cluster, keyProvider]);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 0]);
});

fault(46, "R", "an import of what is not there fails, and a refresh drops it", async (cell) => {
  const s = await cell.scenario();
  const state: Properties = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  s.simulator.removeKeyProvider();
  const imported = await s.process().read(s.id, {});
  assertFailure(imported, "ERR_KEY_PROVIDER_NOT_FOUND", "NOT_FOUND", "Check cluster and keyProvider");
  const refreshed = await s.process().read(s.id, state);
  assert.ok(refreshed.kind === "success" && refreshed.id === undefined, describe(refreshed));
  assert.equal(s.simulator.journal.patches(), 1);
});
