// SPDX-License-Identifier: Apache-2.0
// Names of clusters and key providers, ids and saved states, whatever they are: understood or refused by a coded error,
// and never a way out of the API's own path.

import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { fromId, toId } from "../../../provider/src/resources/key-provider-id";
import { readState } from "../../../provider/src/resources/saved-state";
import { parseJson } from "../../../provider/src/vsphere/http/json";
import { clientCertificatePath } from "../../../provider/src/vsphere/kms/client-certificate";
import { isUsableTaskId } from "../../../provider/src/vsphere/tasks/start-task";
import { assertUnpolluted, hostileBody, hostileName } from "../hostile-json";

const LIMIT_MS = 2_000;
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;
const PATH =
  /^\/api\/vcenter\/trusted-infrastructure\/trust-authority-clusters\/[^/]+\/kms\/providers\/[^/]+\/client-certificate$/;

const segment = fc.oneof(
  hostileName,
  fc.constantFrom(
    "..",
    ".",
    "%2e%2e",
    "%2F",
    "%",
    "%00",
    "%E0%A4%A",
    "a/b",
    "a?b",
    "a#b",
    "\\..\\",
    "x".repeat(70_000),
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const id = fc.oneof(
  fc.tuple(segment, segment).map(([cluster, keyProvider]) => `${cluster}/${keyProvider}`),
  fc.array(segment, { maxLength: 5 }).map((segments) => segments.join("/")),
);

afterEach(assertUnpolluted);

describe("names from outside", () => {
  it("make a target whose path stays where it belongs, or are refused by a coded error", () => {
    fc.assert(
      fc.property(id, (text) => {
        const startedMs = performance.now();
        try {
          const target = fromId(text);
          assert.deepEqual(fromId(toId(target)), target);
          const { pathname, search, hash } = new URL(clientCertificatePath(target), "https://vcenter");
          assert.match(pathname, PATH);
          assert.deepEqual([search, hash], ["", ""]);
        } catch (error) {
          assert.ok(isCodedError(error, "ERR_INPUT_INVALID"), String(error));
          assert.doesNotMatch(error.message, UNSAFE);
          assert.ok(error.message.length < 1_000, "an error repeats a name of any length");
        }
        assert.ok(performance.now() - startedMs < LIMIT_MS, "it took too long");
      }),
      { numRuns: 2_000, includeErrorInReport: true },
    );
  });

  it("are a task's only if they can be printed and stay among the tasks", () => {
    fc.assert(
      fc.property(segment, (text) => {
        if (!isUsableTaskId(text)) return;
        assert.doesNotMatch(text, UNSAFE);
        const { pathname } = new URL(`/api/cis/tasks/${encodeURIComponent(text)}`, "https://vcenter");
        assert.match(pathname, /^\/api\/cis\/tasks\/[^/]+$/);
      }),
      { numRuns: 2_000, includeErrorInReport: true },
    );
  });

  it("are read from any saved state without an error, and only as text", () => {
    fc.assert(
      fc.property(hostileBody, (text) => {
        const saved = parseJson(text);
        if (typeof saved !== "object" || saved === null) return;
        const { pending, ...state } = readState(saved as Record<string, unknown>);
        for (const value of Object.values({ ...state, ...pending } as Record<string, unknown>)) {
          assert.ok(["string", "number", "undefined"].includes(typeof value));
        }
      }),
      { numRuns: 2_000, includeErrorInReport: true },
    );
  });
});
