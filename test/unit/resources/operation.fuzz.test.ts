// SPDX-License-Identifier: Apache-2.0
// Whole operations before a server that answers anything at all, repeats what it was sent, and never holds the wanted
// certificate: each ends in time with an error of ours, without success and without a secret in its text.

import assert from "node:assert/strict";
import { afterEach, before, describe, it } from "node:test";
import fc from "fast-check";
import { makeProvider } from "../../support/in-process/make-provider";
import { VCenterConnection } from "../../../provider/src/vsphere/connection";
import type { HttpRequest, HttpResponse } from "../../../provider/src/vsphere/http/http-client";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import { VirtualClock } from "../../support/clock/virtual-clock";
import { assertUnpolluted, hostileBody } from "../hostile-json";
import { fakeHttp } from "../vsphere/fake-http";

const TIMEOUT_MS = 20_000;
const LIMIT_MS = 5_000;
const PASSWORD = "correct horse battery";
const TOKEN = "token-of-the-hostile-server";
const WINDOW = 16;

const PLACES = ["text", "message", "id", "status", "errorType", "taskId", "taskList"] as const;
const PARTS = ["body", "base64", "hex", "token", "basic"] as const;

/** How one request is answered: as it should be, with anything, or with a part of itself in some place. */
type Answer =
  | { readonly kind: "honest" }
  | { readonly kind: "anything"; readonly status: number; readonly text: string }
  | {
      readonly kind: "echo";
      readonly status: number;
      readonly place: (typeof PLACES)[number];
      readonly part: (typeof PARTS)[number];
    };
type Call = "create" | "update" | "read" | "delete";

const status = fc.constantFrom(200, 200, 201, 202, 202, 204, 301, 400, 401, 403, 404, 409, 429, 500, 502, 503);
const plan: fc.Arbitrary<readonly Answer[]> = fc.array(
  fc.oneof(
    fc.constant({ kind: "honest" as const }),
    fc.record({ kind: fc.constant("anything" as const), status, text: hostileBody }),
    fc.record({
      kind: fc.constant("echo" as const),
      status,
      place: fc.constantFrom(...PLACES),
      part: fc.constantFrom(...PARTS),
    }),
  ),
  { minLength: 3, maxLength: 30 },
);

function answerTo(request: HttpRequest, answer: Answer, held: MadeCertificate): HttpResponse {
  if (answer.kind === "honest") return answerHonestly(request, held);
  const text = answer.kind === "anything" ? answer.text : JSON.stringify(echoOf(request, answer));
  return { status: answer.status, headers: {}, text };
}

function echoOf({ body = "", headers }: HttpRequest, { place, part }: Answer & { kind: "echo" }): unknown {
  const base64 = body.replace(/\\n|-----[A-Z ]+-----/g, "");
  const said = {
    body,
    base64,
    hex: Buffer.from(/private_key":"([^"]*)/.exec(base64)?.[1] ?? "", "base64").toString("hex"),
    token: headers["vmware-api-session-id"] ?? "",
    basic: headers["authorization"] ?? "",
  }[part];
  return {
    text: said,
    message: { error_type: "ERROR", messages: [{ id: "x", default_message: said, args: [] }] },
    id: { error_type: "ERROR", messages: [{ id: said, default_message: "x", args: [] }] },
    status: { status: said },
    errorType: { error_type: said, messages: [] },
    taskId: `task-${said}`,
    taskList: { [`task-${said}`]: { status: "RUNNING", operation: "update" } },
  }[place];
}

function answerHonestly({ method, path }: HttpRequest, held: MadeCertificate): HttpResponse {
  const json = (code: number, value: unknown): HttpResponse => ({
    status: code,
    headers: {},
    text: JSON.stringify(value),
  });
  if (path === "/api/session") return method === "DELETE" ? json(204, "") : json(201, TOKEN);
  if (path === "/api/cis/tasks") return json(200, {});
  if (!path.startsWith("/api/cis/tasks/")) return json(202, "task-1");
  return json(200, { status: "SUCCEEDED", result: { certificate: held.certificatePem } });
}

function windowsOf(secret: string): string[] {
  return Array.from({ length: Math.max(0, secret.length - WINDOW + 1) }, (_none, i) => secret.slice(i, i + WINDOW));
}

afterEach(assertUnpolluted);

describe("an operation before a hostile server", () => {
  let wanted: MadeCertificate;
  let held: MadeCertificate;
  let secrets: ReadonlySet<string>;

  before(async () => {
    wanted = await makeCertificate({ subject: "CN=wanted" });
    held = await makeCertificate({ subject: "CN=held" });
    const base64 = wanted.privateKeyPem.replace(/-----[A-Z ]+-----|\s/g, "");
    const hex = Buffer.from(base64, "base64").toString("hex");
    const basic = Buffer.from(`admin:${PASSWORD}`).toString("base64");
    // Both halves of a pair name their algorithm in the same bytes.
    const inCertificate = new Set(windowsOf(wanted.certificatePem.replace(/-----[A-Z ]+-----|\s/g, "")));
    secrets = new Set([base64, hex, basic, PASSWORD].flatMap(windowsOf).filter((each) => !inCertificate.has(each)));
  });

  /** Runs a call; returns what it ended with and how many writes were sent. */
  async function run(call: Call, answers: readonly Answer[]): Promise<[unknown, number]> {
    const clock = new VirtualClock(Date.now());
    let number = 0;
    const { client, requests } = fakeHttp((request) => {
      const answer = answers[number % answers.length] ?? { kind: "honest" };
      number += 1;
      return answerTo(request, answer, held);
    });
    const provider = makeProvider({
      display: { line: () => undefined, status: () => undefined },
      environment: {
        VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter",
        VSPHERE_TRUST_AUTHORITY_USER: "admin",
        VSPHERE_TRUST_AUTHORITY_PASSWORD: PASSWORD,
      },
      clock,
      connect: (access) =>
        Promise.resolve(
          new VCenterConnection({
            address: access.requireWhere().address,
            trust: { allowUnverified: false },
            credentials: (signal) => access.credentials(signal),
            clock,
            transport: client,
          }),
        ),
    });
    const inputs = {
      cluster: "domain-c8",
      keyProvider: "kms-1",
      certificate: wanted.certificatePem,
      privateKey: wanted.privateKeyPem,
      timeoutSeconds: TIMEOUT_MS / 1000,
      __provider: "constant",
    };
    const olds = { ...inputs, server: "vcenter", sha256Fingerprint: held.fingerprint, onDelete: "generateSelfSigned" };
    const pending = { ...olds, pendingTaskId: "task-0", pendingFingerprint: wanted.fingerprint };
    const startedMs = performance.now();
    const beganMs = clock.nowMs();
    const id = "domain-c8/kms-1";
    const calls: Record<Call, () => Promise<unknown>> = {
      create: () => provider.create(inputs),
      update: () => provider.update?.(id, pending, inputs) ?? Promise.resolve(),
      read: () => provider.read?.(id, pending) ?? Promise.resolve(),
      delete: () => provider.delete?.(id, pending) ?? Promise.resolve(),
    };
    const ended = await clock.run(
      calls[call]().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    assert.ok(clock.nowMs() - beganMs <= TIMEOUT_MS + 1_000, `ended after ${clock.nowMs() - beganMs} ms`);
    assert.ok(performance.now() - startedMs < LIMIT_MS, "it took too long");
    return [ended, requests.filter(({ method }) => method === "PATCH").length];
  }

  function assertOurs(error: unknown): void {
    assert.ok(error instanceof Error);
    assert.ok(!error.message.includes(TOKEN), "the session token is shown");
    // With the properties, which an end that is not known has saved.
    const text = `${error.message} ${JSON.stringify(error)}`;
    assert.match(error.message, /\[ERR_[A-Z_]+\]$/);
    assert.doesNotMatch(error.message, /ERR_INTERNAL/);
    assert.doesNotMatch(error.message, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    for (let i = 0; i + WINDOW <= text.length; i += 1) {
      const shown = text.slice(i, i + WINDOW);
      assert.ok(!secrets.has(shown), `a secret is shown: ${shown}`);
    }
  }

  for (const call of ["create", "update"] as const) {
    it(`never lets ${call} succeed`, async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (answers) => {
          const [error] = await run(call, answers);
          assertOurs(error);
          assertUnpolluted();
        }),
        { numRuns: 300, includeErrorInReport: true },
      );
    });
  }

  for (const call of ["read", "delete"] as const) {
    it(`lets ${call} end with a result or an error of ours, and sends no PATCH`, async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (answers) => {
          const [error, patches] = await run(call, answers);
          if (error !== undefined) assertOurs(error);
          assert.equal(patches, 0);
          assertUnpolluted();
        }),
        { numRuns: 300, includeErrorInReport: true },
      );
    });
  }
});
