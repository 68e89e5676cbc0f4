// SPDX-License-Identifier: Apache-2.0
// A destroy with generateSelfSigned reported success where the answer to its POST named no task, although nothing had been
// overwritten; and one 503 made it fail.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { assertFailure } from "../support/in-process";
import type { Properties, Scenario } from "../support/in-process";
import { regression } from "./scene";

function begin(s: Scenario, action: RequestAction, times = 1): Properties {
  s.simulator.setCertificate(s.wanted.certificatePem);
  s.simulator.faults.add({ match: { operation: "post" }, times, action });
  const server = `${s.simulator.host}:${s.simulator.port}`;
  return {
    ...s.inputs(s.wanted, { privateKey: undefined }),
    server,
    onDelete: "generateSelfSigned",
    sha256Fingerprint: s.wanted.fingerprint,
  };
}

const nameless = { kind: "respond", status: 202, body: "null", contentType: "application/json" } as const;

regression("it fails where the server still shows the certificate", { timeoutSeconds: 2 }, async (s) => {
  const outcome = await s.process().delete(s.id, begin(s, nameless));
  assertFailure(outcome, "ERR_OUTCOME_UNKNOWN", s.wanted.fingerprint);
});

regression("it waits until another certificate shows", {}, async (s) => {
  const outcome = await s.process().delete(s.id, begin(s, { ...nameless, applyThen: true }));
  assert.equal(outcome.kind, "success");
  assert.notEqual(s.simulator.certificate(), s.wanted.certificatePem);
  assert.equal(s.simulator.journal.count({ operation: "post" }), 1);
});

for (const applied of [true, false]) {
  regression(`a 503 ${applied ? "after" : "before"} it was carried out is looked into`, {}, async (s) => {
    const busy = { kind: "respond", status: 503, headers: { "retry-after": "1" }, body: "<html>503</html>" } as const;
    const outcome = await s.process().delete(s.id, begin(s, { ...busy, applyThen: applied }));
    assert.equal(outcome.kind, "success");
    assert.notEqual(s.simulator.certificate(), s.wanted.certificatePem);
    assert.equal(s.simulator.journal.count({ operation: "post" }), applied ? 1 : 2);
  });
}
