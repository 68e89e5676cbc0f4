// SPDX-License-Identifier: Apache-2.0

// Whether the key server accepts what the hosts hold: the simulated hosts connect to a real key server (PyKMIP) with it, and
// `waitForHealth` ends with what that server says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { CertificateRequest } from "../fixtures/certificates/make";
import { certificateFor, fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { SimulatorOptions } from "../simulator/src/index";
import { askKeyServer } from "../simulator/src/key-server-connection";
import type { OperationResult } from "../support/engine/index";
import type { KeyServer } from "../support/key-server/index";
import { startKeyServer } from "../support/key-server/index";
import { labCaFiles } from "./lab-ca";
import type { Declaration, Scene } from "./scene";
import { argsOf, failed, makeScene, ops, succeeded, writes } from "./scene";

const NOT_MARKED = /key server answered AUTHENTICATION_NOT_SUCCESSFUL: Error verifying the client certificate/;
const UNKNOWN_CA = /failed: (?:tls|ssl)v\d* ?alert unknown ca/;
const execute = promisify(execFile);
const BIN = resolve(__dirname, "../../provider/bin.cjs");
/** Time for a PATCH and some reads of the health, and no more. */
const BRIEFLY = { waitForHealth: true, timeoutSeconds: 6 };

describe("the health that a real key server decides", () => {
  let keyServer: KeyServer;
  let simulator: SimulatorOptions;

  before(async () => {
    keyServer = await startKeyServer();
    const { host, port, ca } = keyServer;
    simulator = { keyServer: { host, port, caPem: ca.certificatePem } };
  });
  after(() => {
    (keyServer as KeyServer | undefined)?.end();
  });

  const withScene = async (options: Parameters<typeof makeScene>[0], run: (scene: Scene) => Promise<void>) => {
    const scene = await makeScene({ simulator, ...options, stack: { inline: true } });
    try {
      await run(scene);
    } finally {
      await scene.end();
    }
  };
  const declared = async (keyProvider: string, request: CertificateRequest, more: object): Promise<Declaration> => ({
    name: keyProvider,
    args: { ...argsOf(await makeCertificate(request), keyProvider), ...more },
  });
  const said = (result: OperationResult, keyProvider: string, severity: string): string =>
    result.diagnostics
      .filter((each) => each.severity === severity && each.urn.endsWith(`::${keyProvider}`))
      .map(({ message }) => message)
      .join("\n");

  it("is what that server says of each kind of certificate", async () => {
    const { host, port, ca } = keyServer;
    const past = new Date(Date.now() - 60_000);
    const rows: readonly [CertificateRequest, RegExp][] = [
      [{ ca }, /^OK $/],
      [{ ca, keyType: "rsa-3072" }, /^OK $/],
      [{ ca, eku: ["serverAuth", "clientAuth"] }, /^OK $/],
      [{ ca, eku: [] }, NOT_MARKED],
      [{ ca, eku: ["serverAuth"] }, /^ERROR .*alert unsupported certificate$/],
      [{ ca, notAfter: past }, /^ERROR .*alert certificate expired$/],
      [{}, UNKNOWN_CA],
    ];
    for (const [request, expected] of rows) {
      const { certificatePem, privateKeyPem } = await makeCertificate(request);
      const server = { host, port, caPem: ca.certificatePem };
      const { health, details = [] } = await askKeyServer(server, certificatePem, createPrivateKey(privateKeyPem));
      assert.match(`${health} ${details.join("; ")}`, expected);
    }
  });

  it("is told with the server's reason, leaves what waits for it not finished, and is OK with a good certificate", () =>
    withScene({}, async ({ simulator: vcenter, stack, declare }) => {
      const { ca } = keyServer;
      await declare(
        await declared("kms-1", { ca, eku: [] }, {}),
        await declared("kms-2", { ca, eku: [] }, BRIEFLY),
        await declared("kms-3", {}, BRIEFLY),
      );
      const refused = await failed(stack.up(), /ERR_KEY_SERVER_HEALTH/);
      assert.match(said(refused, "kms-1", "warning"), NOT_MARKED);
      assert.match(said(refused, "kms-2", "error"), /ERR_KEY_SERVER_HEALTH/);
      assert.match(said(refused, "kms-2", "error"), NOT_MARKED);
      assert.match(said(refused, "kms-3", "error"), UNKNOWN_CA);
      assert.deepEqual(writes(vcenter), { logins: 1, patches: 3, posts: 0, sessions: 0 });

      const names = ["kms-1", "kms-2", "kms-3"];
      const good = await Promise.all(names.map((name) => declared(name, { ca }, { waitForHealth: true })));
      await declare(...good);
      const accepted = await succeeded(stack.up());
      assert.deepEqual(
        ops(accepted).sort(),
        names.map((name) => `update ${name}`),
      );
      assert.deepEqual(
        names.map((name) => said(accepted, name, "warning")),
        ["", "", ""],
      );
      assert.deepEqual(writes(vcenter), { logins: 1, patches: 3, posts: 0, sessions: 0 });
      const outputs = await stack.outputs();
      for (const name of names) {
        assert.equal(outputs[name], fingerprintOfPem(vcenter.certificate("domain-c8", name)));
      }
      await succeeded(stack.up(["--expect-no-changes"]));
    }));

  it("is OK with a certificate that was signed from a CSR in the same up, ERROR when that has expired, and OK again", async () => {
    const settings = (rotation: string): Record<string, string> => ({
      "settings.json": JSON.stringify({ rotation, waitForHealth: true, timeoutSeconds: 20 }),
    });
    const files = { ...(await labCaFiles(keyServer.ca)), ...settings("first") };
    await withScene({ program: "made-by-hosts.js", files }, async ({ simulator: vcenter, stack }) => {
      const doctor = async (): Promise<string> => {
        const only = ["--cluster", "domain-c8", "--key-provider", "kms-1"];
        const running = execute(process.execPath, [BIN, "doctor", ...only], { env: stack.environment() });
        const { stdout } = await running.catch((error: unknown) => error as { readonly stdout: string });
        writes(vcenter);
        return stdout
          .split("\n")
          .filter((line) => /domain-c8\/kms-1/.test(line))
          .join("\n");
      };
      const result = await succeeded(stack.up());
      assert.doesNotMatch(said(result, "signed", "warning"), /health/);
      assert.deepEqual(writes(vcenter), { logins: 1, patches: 1, posts: 2, sessions: 0 });
      const { outputs } = (await stack.exportState()).resource("signed");
      assert.equal(outputs?.["sha256Fingerprint"], fingerprintOfPem(vcenter.certificate()));
      assert.match(await doctor(), /^ok +key-provider \S+: health OK/);

      // Its time is over: what the hosts hold now has the same key.
      const [notBefore, notAfter] = [100, 1].map((hours) => new Date(Date.now() - hours * 3_600_000));
      const expired = { ca: keyServer.ca, ...(notBefore && { notBefore }), ...(notAfter && { notAfter }) };
      vcenter.setCertificate(await certificateFor(vcenter.csr() ?? "", expired));
      assert.match(await doctor(), /^ERROR +key-provider \S+: health ERROR[^]*^ERROR +certificate .*EXPIRED/m);
      await stack.writeFiles(settings("second"));
      const renewed = await succeeded(stack.up());
      assert.deepEqual(ops(renewed).sort(), ["update own", "update request", "update signed"]);
      assert.doesNotMatch(said(renewed, "signed", "warning"), /health/);
      assert.match(await doctor(), /^ok +key-provider \S+: health OK/);
    });
  });
});
