// SPDX-License-Identifier: Apache-2.0
// What to do after a request that was cut short: it depends on who cut it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../../../../provider/src/core/coded-error";
import { exchangeError } from "../../../../provider/src/vsphere/http/exchange-error";

describe("a request that was cut short", () => {
  const stopped = new CodedError("ERR_ABORTED", "this process was told to stop (SIGINT)", { remedy: "run it again" });
  const notConnected = new CodedError("ERR_CONNECT", "nothing answers", { remedy: "check the port" });
  const ownTime = new Error("no answer within 30 s");

  for (const [what, reason, dispatched, code, remedy] of [
    ["by a signal", stopped, true, "ERR_ABORTED", /^run it again$/],
    ["by a signal, before it was sent", stopped, false, "ERR_ABORTED", /^run it again$/],
    ["by its time", ownTime, true, "ERR_REQUEST_TIMEOUT", /^check the network/],
    ["by its time, without a connection", ownTime, false, "ERR_REQUEST_TIMEOUT", /^check the port$/],
  ] as const) {
    it(`${what} says what to do`, () => {
      const peer = { role: "server", host: "vcenter", name: "vcenter" } as const;
      const progress = { method: "GET", path: "/api/x", dispatched };
      const error = exchangeError(reason, progress, { peer, notConnected }, AbortSignal.abort(reason));
      assert.equal(error.code, code);
      assert.match(error.remedy ?? "", remedy);
    });
  }
});
