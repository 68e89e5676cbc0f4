// SPDX-License-Identifier: Apache-2.0
// Whatever a server answers: a value or an error of ours, soon, and nothing of it leaks into other objects.

import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { withDeadline } from "../../../provider/src/core/deadline";
import { RetryBudget } from "../../../provider/src/core/retry";
import { explainAnswer } from "../../../provider/src/vsphere/errors/explain-answer";
import {
  certificateIn,
  getClientCertificate,
  patchClientCertificate,
} from "../../../provider/src/vsphere/kms/client-certificate";
import { decodeFault, describeFault, saysEndpointAbsent } from "../../../provider/src/vsphere/errors/request-error";
import { parseJson } from "../../../provider/src/vsphere/http/json";
import { login } from "../../../provider/src/vsphere/session/login";
import { judgeRead, judgeWrite } from "../../../provider/src/vsphere/errors/retry-table";
import { decodeTaskInfo, getTask, listTasks } from "../../../provider/src/vsphere/tasks/tasks";
import { VirtualClock } from "../../support/clock/virtual-clock";
import { assertUnpolluted, hostileBody, hostileName } from "../hostile-json";
import { fakeHttp, fakeVCenter } from "./fake-http";

/** An input that takes longer hangs, milliseconds. */
const LIMIT_MS = 2_000;
const RUNS = 1_000;
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;
const FATES: readonly unknown[] = ["refused", "refused-for-now", "ambiguous", "already"];

/** Runs a reader and takes its time; an error must be ours, and safe to print. */
async function read<T>(reader: () => T | Promise<T>): Promise<T | undefined> {
  const startedMs = performance.now();
  try {
    return await reader();
  } catch (error) {
    assert.ok(isCodedError(error), String(error));
    assert.notEqual(error.code, "ERR_INTERNAL");
    assert.doesNotMatch(`${error.message}${error.remedy ?? ""}`, UNSAFE);
    return undefined;
  } finally {
    assert.ok(performance.now() - startedMs < LIMIT_MS, "a reader took too long");
  }
}

const status = fc.constantFrom(200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504);
const headers = fc.record(
  {
    "content-type": fc.constantFrom("application/json", "text/html", "\u001b[31m"),
    "retry-after": fc.constantFrom("1", "-1", "99999999999", "constructor", "Fri, 31 Feb 2099 25:61:61 GMT", ""),
    date: fc.constantFrom("Fri, 01 Jan 2100 00:00:00 GMT", "constructor", ""),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;

afterEach(assertUnpolluted);

describe("the decoders of answers throw nothing but coded errors, and soon", () => {
  it("for task info and error bodies", async () => {
    await fc.assert(
      fc.asyncProperty(hostileBody, async (text) => {
        const wire = parseJson(text);
        await read(() => decodeTaskInfo(wire, "GET", "/x"));
        const fault = await read(() => decodeFault(wire));
        assert.ok(fault !== undefined, "an error body is never refused");
        assert.equal(typeof saysEndpointAbsent(fault), "boolean");
        assert.doesNotMatch(describeFault(fault, ["GET /x"]), UNSAFE);
        assertUnpolluted();
      }),
      { numRuns: RUNS },
    );
  });

  it("take no member from __proto__, at any depth", () => {
    const task = decodeTaskInfo(parseJson('{"__proto__":{"status":"SUCCEEDED"},"service":"s"}'), "GET", "/x");
    assert.deepEqual(task.status, { unknown: "missing" });
    assert.throws(() => certificateIn(parseJson('{"__proto__":{"certificate":"x"}}')), TypeError);
    const fault = decodeFault(parseJson('{"messages":[{"__proto__":{"id":"a","default_message":"b"}}]}'));
    assert.deepEqual(fault.messages, []);
    const parsed = parseJson('{"a":[{"__proto__":{"b":1},"c":2}],"__proto__":{"d":3}}') as { a: [object] };
    assert.deepEqual([Object.getOwnPropertyNames(parsed), Object.getOwnPropertyNames(parsed.a[0])], [["a"], ["c"]]);
    for (const name of ["\\u005f_proto__", "__prot\\u006F__"])
      assert.deepEqual(Object.getOwnPropertyNames(parseJson(`{"${name}":{"b":1},"c":2}`)), ["c"], name);
  });

  it("give the retry table a verdict it knows, whatever the error is called", () => {
    fc.assert(
      fc.property(hostileName, fc.constantFrom(400, 404, 418, 500, 503), fc.boolean(), (errorType, code, transient) => {
        const body = JSON.stringify({ error_type: errorType, messages: [], data: { is_transient: transient } });
        for (const text of [body, JSON.stringify({ error_type: errorType, messages: [] })]) {
          const purpose = { method: "PATCH", path: "/x", notFound: "ERR_KEY_PROVIDER_NOT_FOUND" as const };
          const error = explainAnswer(purpose, { status: code, headers: {}, text }, parseJson(text), 0);
          assert.ok(FATES.includes(judgeWrite(error).fate), errorType);
          assert.ok(["undefined", "object"].includes(typeof judgeRead(error, 1)));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("for every call, whatever status, headers and body come back", async () => {
    const target = { cluster: "domain-c8", keyProvider: "kms-1" };
    await fc.assert(
      fc.asyncProperty(status, headers, hostileBody, async (code, given, text) => {
        const clock = new VirtualClock();
        const { api } = fakeVCenter(clock, ({ path }) =>
          path === "/api/session" ? undefined : { status: code, headers: given, text },
        );
        const call = <T>(work: (deadline: Parameters<typeof getTask>[2]) => Promise<T>): Promise<T | undefined> =>
          read(() => clock.run(withDeadline({ clock, timeoutMs: 60_000 }, work)));
        await call((deadline) => getTask(api, "task", deadline));
        await call((deadline) => listTasks(api, { tasks: ["task"] }, deadline));
        const accepted = [
          await call((deadline) => getClientCertificate(api, target, deadline)),
          await call((deadline) => patchClientCertificate(api, target, { certificatePem: "pem" }, deadline)),
        ];
        for (const each of accepted) assert.ok(each?.kind !== "task" || typeof each.taskId === "string");
        assertUnpolluted();
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it("for the answer to a login, which is a token that fits into a header, or nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(200, 201), status), headers, hostileBody, async (code, given, text) => {
        const clock = new VirtualClock();
        const { client, requests } = fakeHttp(() => ({ status: code, headers: given, text }));
        const token = await read(() =>
          clock.run(
            withDeadline({ clock, timeoutMs: 60_000 }, (deadline) =>
              login({
                http: client,
                credentials: () => Promise.resolve({ user: "u", password: "correct horse" }),
                budget: new RetryBudget(),
                deadline,
                onLeft: () => undefined,
              }),
            ),
          ),
        );
        if (token !== undefined) assert.match(token, /^[\x21-\x7e]+$/);
        // 429 is obeyed until the time is up, an outage is waited out for 10 s.
        const waits = code === 429 || [404, 500, 502, 503, 504].includes(code);
        assert.ok(waits || requests.length <= 5, `${requests.length} logins`);
      }),
      { numRuns: RUNS / 2 },
    );
  });
});
