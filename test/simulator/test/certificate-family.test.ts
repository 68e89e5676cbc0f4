// SPDX-License-Identifier: Apache-2.0
// The client-certificate family of the simulator against the vendor's description: every operation is a task, a PATCH
// takes effect when its task succeeds, certificates and keys have to fit.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { makePair, signCsr } from "./client-certificates";
import { CLIENT_CERTIFICATE_SERVICE, FAMILY, TASK_INFO } from "./fixtures/vendor-shapes";
import {
  certificatePath,
  fields,
  finalInfo,
  followTask,
  plain,
  providerPath,
  providersPath,
  readCertificate,
  withSession,
} from "./plain-client";
import { fingerprint, scriptedPatch } from "./patches";

describe("the client-certificate family", () => {
  let simulator: Simulator;
  before(async () => {
    const clusters = [
      { id: "domain-c8", keyProviders: ["kms 1/a"] },
      { id: "domain-c9", state: "DISABLE" as const },
    ];
    simulator = await startSimulator({ clusters, taskDurationMs: { patch: 100, post: 60, csr: 60, read: 10 } });
  });
  after(() => simulator.close());

  for (const { method, path, operation } of FAMILY) {
    it(`answers ${method} …${path} with 202 and the id of a task that names ${operation}`, async () => {
      await withSession(simulator, async (headers) => {
        const { certificate, privateKey } = await makePair();
        const body = method === "PATCH" ? { certificate, private_key: privateKey } : undefined;
        if (path.endsWith("/csr"))
          await plain(simulator, "POST", `${providerPath(simulator)}${path}?vmw-task=true`, { headers });
        await new Promise((resolve) => setTimeout(resolve, path.endsWith("/csr") ? 80 : 0));
        const accepted = await plain(simulator, method, `${providerPath(simulator)}${path}?vmw-task=true`, {
          headers,
          body,
        });
        const info = await finalInfo(simulator, accepted, headers);
        assert.equal(accepted.headers["content-type"], "application/json");
        assert.deepEqual(
          [info["operation"], info["status"], info["target"]],
          [operation, "SUCCEEDED", { type: "ClusterComputeResource", id: "domain-c8" }],
        );
        assert.ok(TASK_INFO.required.every((name) => name in info));
      });
    });
  }

  it("names the documented service in the task and its id", async () => {
    await withSession(simulator, async (headers) => {
      const accepted = await plain(simulator, "GET", certificatePath(simulator), { headers });
      const id = JSON.parse(accepted.text) as string;
      assert.match(id, /^[0-9a-f-]{36}:/);
      assert.equal(id.slice(37), CLIENT_CERTIFICATE_SERVICE);
      assert.equal((await finalInfo(simulator, accepted, headers))["service"], CLIENT_CERTIFICATE_SERVICE);
    });
  });

  it("shows the new certificate when the PATCH's task has SUCCEEDED and not before", async () => {
    await withSession(simulator, async (headers) => {
      const old = fingerprint(simulator.certificate());
      // Ends when it is asked for a second time: on a slow machine no read would be sure to come before a time.
      const accepted = await scriptedPatch(simulator, headers, {
        steps: [{ status: "RUNNING", forPolls: 1 }, { status: "SUCCEEDED" }],
      });
      assert.equal(fingerprint(simulator.certificate()), old);
      assert.equal(fingerprint(await readCertificate(simulator, headers)), old);
      const info = await finalInfo(simulator, accepted, headers);
      assert.ok(!("result" in info));
      assert.equal(fingerprint(await readCertificate(simulator, headers)), fingerprint(accepted.certificate));
      const [task] = simulator.tasks().filter((each) => each.id === JSON.parse(accepted.text));
      assert.ok(task?.endedAtMs !== undefined);
      assert.equal(task.effectAtMs, task.endedAtMs);
    });
  });

  it("ends a PATCH's task after its duration", async () => {
    await withSession(simulator, async (headers) => {
      const { certificate, privateKey } = await makePair();
      const body = { certificate, private_key: privateKey };
      const accepted = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body });
      await finalInfo(simulator, accepted, headers);
      const [task] = simulator.tasks().filter((each) => each.id === JSON.parse(accepted.text));
      assert.ok(task?.endedAtMs !== undefined && task.endedAtMs - task.createdAtMs >= 100);
    });
  });

  it("accepts PKCS#1 and PKCS#8 keys of RSA pairs, and a private_key of null as absent", async () => {
    await withSession(simulator, async (headers) => {
      const pair = await makePair({ rsaBits: 2048 });
      const { createPrivateKey } = await import("node:crypto");
      const pkcs1 = createPrivateKey(pair.privateKey).export({ type: "pkcs1", format: "pem" }).toString();
      for (const key of [pair.privateKey, pkcs1]) {
        const body = { certificate: pair.certificate, private_key: key };
        const accepted = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body });
        assert.equal((await finalInfo(simulator, accepted, headers))["status"], "SUCCEEDED");
      }
      const body = { certificate: pair.certificate, private_key: null };
      const refused = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body });
      assert.match(refused.text, /last certificate signing request/);
    });
  });

  it("generates another certificate on POST", async () => {
    await withSession(simulator, async (headers) => {
      const old = fingerprint(simulator.certificate());
      await followTask(simulator, await plain(simulator, "POST", certificatePath(simulator), { headers }), headers);
      const now = new X509Certificate(simulator.certificate() ?? "");
      assert.notEqual(now.fingerprint256, old);
      assert.ok(now.verify(now.publicKey));
    });
  });

  it("takes a certificate without a key only if it was signed from the last CSR", async () => {
    await withSession(simulator, async (headers) => {
      const path = `${providerPath(simulator)}/client-certificate/csr?vmw-task=true`;
      const csrOf = async (method: string): Promise<string> => {
        const info = await finalInfo(simulator, await plain(simulator, method, path, { headers }), headers);
        return (info["result"] as { csr: string }).csr;
      };
      const first = await csrOf("POST");
      const last = await csrOf("POST");
      assert.notEqual(first, last);
      assert.equal(await csrOf("GET"), last);
      const stale = { certificate: await signCsr(first) };
      const refused = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body: stale });
      assert.deepEqual([refused.status, fields(refused)["error_type"]], [400, "INVALID_ARGUMENT"]);
      const body = { certificate: await signCsr(last) };
      const accepted = await plain(simulator, "PATCH", certificatePath(simulator), { headers, body });
      await followTask(simulator, accepted, headers);
      assert.equal(fingerprint(simulator.certificate()), fingerprint(body.certificate));
    });
  });

  it("derives the key provider's health from the certificate", async () => {
    await withSession(simulator, async (headers) => {
      const health = async (): Promise<unknown> => {
        const accepted = await plain(simulator, "GET", `${providerPath(simulator)}?vmw-task=true`, { headers });
        const { result } = await finalInfo(simulator, accepted, headers);
        assert.deepEqual(Object.keys(result as object), ["master_key_id", "key_server", "status"]);
        return (result as { status: { health: unknown } }).status.health;
      };
      assert.equal(await health(), "OK");
      simulator.setCertificate((await makePair({ notBeforeDays: -9, notAfterDays: -2 })).certificate);
      assert.equal(await health(), "ERROR");
      simulator.setCertificate((await makePair({ extendedKeyUsage: "1.3.6.1.5.5.7.3.1" })).certificate);
      assert.equal(await health(), "ERROR");
      simulator.setCertificate((await makePair()).certificate);
      assert.equal(await health(), "OK");
    });
  });

  it("lists key providers as a task and clusters at once", async () => {
    await withSession(simulator, async (headers) => {
      const accepted = await plain(simulator, "GET", `${providersPath(simulator)}?vmw-task=true`, { headers });
      const { result } = await finalInfo(simulator, accepted, headers);
      assert.deepEqual(result, [{ provider: "kms 1/a", health: "OK" }]);
      const path = "/api/vcenter/trusted-infrastructure/trust-authority-clusters";
      const clusters = await plain(simulator, "GET", path, { headers });
      assert.equal(clusters.status, 200);
      assert.deepEqual(JSON.parse(clusters.text), [
        { cluster: "domain-c8", state: "ENABLE" },
        { cluster: "domain-c9", state: "DISABLE" },
      ]);
      const one = await plain(simulator, "GET", `${path}/domain-c9`, { headers });
      assert.deepEqual(fields(one), { cluster: "domain-c9", state: "DISABLE" });
      assert.equal((await plain(simulator, "GET", `${path}/domain-c7`, { headers })).status, 404);
    });
  });
});
