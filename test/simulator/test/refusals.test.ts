// SPDX-License-Identifier: Apache-2.0
// What the simulator refuses and how: absent objects, missing privileges, certificates and keys that do not fit, requests
// that no correct client sends; with the error bodies of the vendor.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import type { Pair } from "./client-certificates";
import { makePair } from "./client-certificates";
import { ERROR_PROPERTIES, LOCALIZABLE_MESSAGE_REQUIRED, ROUTER_404 } from "./fixtures/vendor-shapes";
import type { PlainAnswer } from "./plain-client";
import { certificatePath, fields, finalInfo, login, plain, providerPath, withSession } from "./plain-client";

/** Holds an error body against the documented structure. @returns its error_type and first message id. */
function checkError(answer: PlainAnswer): { errorType: unknown; id: string | undefined } {
  const body = fields(answer);
  assert.ok(Object.keys(body).every((name) => (ERROR_PROPERTIES as readonly string[]).includes(name)));
  const messages = body["messages"] as Record<string, unknown>[];
  for (const each of messages) {
    assert.deepEqual(Object.keys(each).sort(), [...LOCALIZABLE_MESSAGE_REQUIRED].sort());
    assert.ok(!String(each["default_message"]).includes("%s"));
  }
  return { errorType: body["error_type"], id: messages[0]?.["id"] as string | undefined };
}

const refused = (answer: PlainAnswer, status: number, errorType: string): void => {
  assert.deepEqual([answer.status, checkError(answer).errorType], [status, errorType]);
};

describe("refusals that a correct client may meet", () => {
  let simulator: Simulator;
  let pair: Pair;
  before(async () => {
    simulator = await startSimulator();
    pair = await makePair();
  });
  after(() => simulator.close());

  it("answers NOT_FOUND for an unknown cluster or key provider, with an id that is not the router's", async () => {
    await withSession(simulator, async (headers) => {
      const path = certificatePath(simulator);
      for (const gone of [path.replace("domain-c8", "domain-c7"), path.replace("kms-1", "kms-2")]) {
        const answer = await plain(simulator, "GET", gone, { headers });
        refused(answer, 404, "NOT_FOUND");
        assert.doesNotMatch(checkError(answer).id ?? "", /httpNotFound|operationsForUrlNotFound/);
      }
    });
  });

  it("answers NOT_FOUND where there is no certificate", async () => {
    const before = simulator.certificate() ?? null;
    simulator.setCertificate(null);
    await withSession(simulator, async (headers) => {
      refused(await plain(simulator, "GET", certificatePath(simulator), { headers }), 404, "NOT_FOUND");
    });
    simulator.setCertificate(before);
  });

  it("answers INVALID_ARGUMENT for a certificate or key that does not fit, and says which", async () => {
    const other = await makePair();
    const weak = await makePair({ rsaBits: 1024 });
    const { createPrivateKey } = await import("node:crypto");
    const encrypted = createPrivateKey(pair.privateKey)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
      .toString();
    const cases: [string, string, unknown][] = [
      ["private_key", pair.certificate, other.privateKey],
      ["private_key", pair.certificate, encrypted],
      ["private_key", pair.certificate, "junk"],
      ["private_key", pair.certificate, `${pair.privateKey}${pair.privateKey}`],
      ["certificate", `${pair.certificate}${other.certificate}`, pair.privateKey],
      ["certificate", `some text\n${pair.certificate}`, pair.privateKey],
      ["certificate", pair.privateKey, pair.privateKey],
      ["certificate", pair.certificate.replace(/[A-Za-z0-9+/]{40}/, "A".repeat(40)), pair.privateKey],
      ["certificate", weak.certificate, weak.privateKey],
      ["certificate", pair.certificate, undefined],
    ];
    await withSession(simulator, async (headers) => {
      for (const [field, certificate, key] of cases) {
        const body = { certificate, ...(key === undefined ? {} : { private_key: key }) };
        const answer = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body });
        refused(answer, 400, "INVALID_ARGUMENT");
        assert.deepEqual(fields(answer)["data"], { primary: field, secondary: [] });
        assert.ok(!answer.text.includes("PRIVATE KEY"));
      }
    });
    assert.equal(simulator.tasks().length, 0);
  });

  it("answers UNAUTHORIZED for each privilege that is missing", async () => {
    const reader = await startSimulator({ privileges: ["TrustedAdmin.ReadKMSTrust", "System.View"] });
    await withSession(reader, async (headers) => {
      const body = { certificate: pair.certificate, private_key: pair.privateKey };
      refused(await plain(reader, "PATCH", certificatePath(reader), { headers, body }), 403, "UNAUTHORIZED");
      assert.equal((await plain(reader, "GET", certificatePath(reader), { headers })).status, 202);
      const clusters = "/api/vcenter/trusted-infrastructure/trust-authority-clusters";
      refused(await plain(reader, "GET", clusters, { headers }), 403, "UNAUTHORIZED");
    });
    await reader.close();
    const blind = await startSimulator({ privileges: ["TrustedAdmin.ReadKMSTrust", "TrustedAdmin.ManageKMSTrust"] });
    await withSession(blind, async (headers) => {
      refused(await plain(blind, "GET", certificatePath(blind), { headers }), 403, "UNAUTHORIZED");
    });
    await blind.close();
  });

  it('refuses in the task instead, with refusals: "task"', async () => {
    const late = await startSimulator({ refusals: "task", taskDurationMs: 10 });
    await withSession(late, async (headers) => {
      const body = { certificate: pair.certificate, private_key: (await makePair()).privateKey };
      const wrongKey = await plain(late, "PATCH", certificatePath(late), { headers, body });
      const info = await finalInfo(late, wrongKey, headers);
      assert.equal(info["status"], "FAILED");
      assert.equal((info["error"] as Record<string, unknown>)["error_type"], "INVALID_ARGUMENT");
      const path = certificatePath(late).replace("kms-1", "kms-2");
      const absent = await finalInfo(late, await plain(late, "GET", path, { headers }), headers);
      assert.equal((absent["error"] as Record<string, unknown>)["error_type"], "NOT_FOUND");
    });
    await late.close();
  });

  for (const [profile, form] of [
    ["no-trust-authority", "old"],
    ["vsphere-9", "new"],
  ] as const) {
    it(`answers the router's ${form} 404 for the whole family in profile ${profile}, but serves sessions`, async () => {
      const other = await startSimulator({ profile });
      await withSession(other, async (headers) => {
        for (const path of [certificatePath(other), `${providerPath(other)}?vmw-task=true`]) {
          const answer = await plain(other, "GET", path, { headers });
          assert.equal(answer.status, 404);
          assert.deepEqual(fields(answer), ROUTER_404[form]);
        }
      });
      await other.close();
    });
  }
});

describe("requests that no correct client sends", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  let pair: Pair;
  before(async () => {
    simulator = await startSimulator();
    headers = await login(simulator);
    pair = await makePair();
  });
  after(() => simulator.close());

  /** Sends, and demands that the simulator counts it as unexpected. */
  async function unexpected(method: string, path: string, more: object = {}): Promise<PlainAnswer> {
    const known = simulator.requests.unexpected().length;
    const answer = await plain(simulator, method, path, { headers, ...more });
    assert.equal(simulator.requests.unexpected().length, known + 1, `${method} ${path}`);
    assert.throws(() => {
      simulator.assertClean();
    }, /unexpected request/);
    return answer;
  }

  it("answers the router's 404 unless vmw-task is there once and exactly true", async () => {
    for (const query of [
      "",
      "?vmw-task=True",
      "?vmw-task=1",
      "?vmw-task",
      "?vmw-task=true&vmw-task=true",
      "__vmw-task=true",
    ]) {
      const answer = await unexpected("GET", `${providerPath(simulator)}/client-certificate${query}`);
      assert.equal(answer.status, 404);
      assert.deepEqual(fields(answer), ROUTER_404.new);
    }
  });

  it("answers 404 to unknown paths and to methods that a path does not have", async () => {
    assert.deepEqual(fields(await unexpected("GET", "/api/about")), ROUTER_404.new);
    const answer = await unexpected("DELETE", certificatePath(simulator));
    assert.match(checkError(answer).id ?? "", /operationsForUrlNotFound$/);
    assert.equal((await unexpected("GET", "/api/session/")).status, 404);
  });

  it("refuses unknown query parameters, bad percent-encoding and empty ids", async () => {
    refused(await unexpected("GET", `${certificatePath(simulator)}&x=1`), 400, "INVALID_ARGUMENT");
    refused(await unexpected("GET", "/api/cis/tasks/%E0%A4%A"), 400, "INVALID_ARGUMENT");
    refused(await unexpected("GET", certificatePath(simulator).replace("kms-1", "")), 400, "INVALID_ARGUMENT");
  });

  it("refuses a PATCH body that is not JSON, not flat, not known, twice or empty", async () => {
    const good = { certificate: pair.certificate, private_key: pair.privateKey };
    const flat = JSON.stringify(good);
    const json = { ...headers, "content-type": "application/json" };
    const path = certificatePath(simulator);
    const bodies = [
      "",
      "{",
      "null",
      "[]",
      '"text"',
      JSON.stringify({ spec: good }),
      JSON.stringify({ ...good, note: "x" }),
      `{"certificate":"","private_key":""}`,
      JSON.stringify({ ...good, private_key: "" }),
      JSON.stringify({ private_key: pair.privateKey }),
      JSON.stringify({ ...good, certificate: 1 }),
      `${flat.slice(0, -1)},"certificate":${JSON.stringify(pair.certificate)}}`,
      `${flat.slice(0, -1)},"certific\\u0061te":${JSON.stringify(pair.certificate)}}`,
    ];
    for (const body of bodies)
      refused(await unexpected("PATCH", path, { headers: json, body }), 400, "INVALID_ARGUMENT");
    for (const type of ["text/plain", "application/merge-patch+json"]) {
      const sent = { headers: { ...headers, "content-type": type }, body: flat };
      refused(await unexpected("PATCH", path, sent), 400, "INVALID_ARGUMENT");
    }
    assert.equal(simulator.tasks().length, 0);
    const charset = { ...headers, "content-type": "application/json; charset=utf-8" };
    assert.equal((await plain(simulator, "PATCH", path, { headers: charset, body: flat })).status, 202);
  });

  it("refuses a body on operations that have none", async () => {
    for (const [method, path] of [
      ["POST", certificatePath(simulator)],
      ["POST", certificatePath(simulator).replace("?", "/csr?")],
      ["POST", "/api/session"],
    ] as const) {
      const basicToo = { ...headers, authorization: "Basic eDp5" };
      refused(await unexpected(method, path, { headers: basicToo, body: {} }), 400, "INVALID_ARGUMENT");
    }
  });
});
