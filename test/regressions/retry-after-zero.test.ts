// SPDX-License-Identifier: Apache-2.0
// `Retry-After: 0` took the place of the back-off: 700 logins, or 1,100 PATCHes with the key in each, within three seconds.

import assert from "node:assert/strict";
import { assertFailure } from "../support/in-process";
import { regression } from "./scene";

for (const [operation, status, errorType] of [
  ["login", 429, "SERVICE_UNAVAILABLE"],
  ["patch", 429, "SERVICE_UNAVAILABLE"],
  ["patch", 500, "RESOURCE_BUSY"],
] as const) {
  regression(
    `a ${operation} that is answered ${status} ${errorType} with Retry-After: 0 is backed off from`,
    { timeoutSeconds: 3 },
    async (s) => {
      s.simulator.faults.add({
        match: { operation },
        times: Infinity,
        action: {
          kind: "respond",
          status,
          headers: { "retry-after": "0" },
          body: { error_type: errorType, messages: [] },
        },
      });
      const outcome = await s.providerProcess().create(s.inputs());
      assert.ok(outcome.kind === "failure");
      assertFailure(outcome, outcome.code, String(status));
      const sent = s.simulator.journal.count({ operation });
      assert.ok(sent >= 2 && sent <= 40, `${sent} requests`);
    },
  );
}
