// SPDX-License-Identifier: Apache-2.0

// Every folder of examples/, on the real engine, against one vCenter. gitops has a test of its own.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CertificateAuthority, MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { OperationResult, Stack } from "../support/engine/index";
import { makeStack } from "../support/engine/index";
import { takeTraffic } from "../support/traffic";
import { succeeded } from "./scene";

const examples = resolve(__dirname, "../../examples");
const DAY_MS = 86_400_000;
const CLUSTER = "domain-c8";
/** The program of the root's Pulumi.yaml. */
const UPLOAD = "upload-key-pair";

/** What a row works with. */
interface Stage {
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly folder: string;
  readonly pair: (
    name: string,
    options?: { readonly days?: number; readonly sinceDays?: number },
  ) => Promise<MadeCertificate>;
  /** SHA-256 of what the vCenter holds for a key provider. */
  readonly live: (keyProvider: string) => string;
}

/** One example: its settings, and its life. */
interface Row {
  readonly example: string;
  readonly config: (stage: Omit<Stage, "stack">) => Promise<Record<string, string>> | Record<string, string>;
  readonly play: (stage: Stage) => Promise<void>;
}

const at = (keyProvider: string): Record<string, string> => ({ cluster: CLUSTER, keyProvider });

/** One login, and so many writes. */
function sent({ simulator }: Stage, patches: number, posts: number): void {
  const { logins, ...traffic } = takeTraffic(simulator);
  assert.deepEqual({ patches: traffic.patches, posts: traffic.posts, logins }, { patches, posts, logins: 1 });
}

const rows: readonly Row[] = [
  {
    example: UPLOAD,
    config: async ({ pair, folder }) => {
      await pair("client");
      return {
        ...at("kms-1"),
        certificateFile: join(folder, "client.pem"),
        privateKeyFile: join(folder, "client.key"),
      };
    },
    play: async (stage) => {
      const { stack, pair, live } = stage;
      await succeeded(stack.up());
      sent(stage, 1, 0);
      await succeeded(stack.up(["--expect-no-changes"]));
      const next = await pair("client");
      await succeeded(stack.up());
      sent(stage, 1, 0);
      assert.equal(live("kms-1"), next.fingerprint);
      const { sha256Fingerprint, notAfter } = await stack.outputs();
      assert.deepEqual([sha256Fingerprint, typeof notAfter], [next.fingerprint, "string"]);
    },
  },
  {
    example: "signed-from-csr",
    config: ({ folder }) => ({ ...at("kms-1"), caFolder: folder }),
    play: async (stage) => {
      const { stack, live } = stage;
      await succeeded(stack.up());
      sent(stage, 1, 1);
      const first = await stack.outputs();
      assert.equal(first["sha256Fingerprint"], live("kms-1"));
      await stack.setConfig("rotation", "second");
      const rotated = await succeeded(stack.up());
      assert.deepEqual(rotated.steps.map(({ op }) => op).sort(), ["update", "update"]);
      sent(stage, 1, 1);
      const second = await stack.outputs();
      assert.equal(second["sha256Fingerprint"], live("kms-1"));
      assert.notEqual(second["publicKeySha256"], first["publicKeySha256"]);
    },
  },
  {
    example: "self-signed",
    config: () => at("kms-2"),
    play: async (stage) => {
      const { stack, live } = stage;
      await succeeded(stack.up());
      sent(stage, 0, 1);
      const { sha256Fingerprint, pem } = await stack.outputs();
      assert.equal(sha256Fingerprint, live("kms-2"));
      assert.equal(fingerprintOfPem(String(pem)), live("kms-2"));
    },
  },
  {
    example: "several-vcenters",
    config: async ({ simulator, pair, folder }) => {
      await pair("east");
      await pair("west");
      const site = (name: string, host: string, keyProvider: string): object => ({
        name,
        server: `${host}:${simulator.port}`,
        user: simulator.user,
        passwordEnv: "SITE_PASSWORD",
        caCertificateFile: simulator.caFile,
        ...at(keyProvider),
        certificateFile: resolve(folder, `${name}.pem`),
        privateKeyFile: resolve(folder, `${name}.key`),
      });
      // Two names of one server: for the provider they are two.
      return { sites: JSON.stringify([site("east", "127.0.0.1", "kms-3"), site("west", "localhost", "kms-4")]) };
    },
    play: async ({ stack, simulator, live }) => {
      stack.setEnvironment({ SITE_PASSWORD: simulator.password, VSPHERE_TRUST_AUTHORITY_PASSWORD: undefined });
      await succeeded(stack.up());
      const { logins, patches } = takeTraffic(simulator);
      assert.deepEqual({ logins, patches }, { logins: 2, patches: 2 });
      assert.notEqual(live("kms-3"), live("kms-4"));
      const { notAfter } = await stack.outputs();
      assert.deepEqual(Object.keys(notAfter as object).sort(), ["east", "west"]);
    },
  },
  {
    example: "rotate-before-expiry",
    config: async ({ pair, folder }) => {
      await pair("2026", { days: 20, sinceDays: 300 });
      return { ...at("kms-5"), pairsFolder: folder };
    },
    play: async (stage) => {
      const { stack, pair, live } = stage;
      await succeeded(stack.up());
      const { serialNumber } = await stack.outputs();
      takeTraffic(stage.simulator);
      const next = await pair("2027", { days: 365, sinceDays: 1 });
      await succeeded(stack.up());
      sent(stage, 1, 0);
      assert.equal(live("kms-5"), next.fingerprint);
      assert.equal((await stack.outputs())["revokeAtKeyServer"], serialNumber);
    },
  },
  {
    example: "component",
    config: ({ folder }) => ({ cluster: CLUSTER, caFolder: folder, keyProviders: JSON.stringify(["kms-6", "kms-7"]) }),
    play: async (stage) => {
      const { stack, live } = stage;
      await succeeded(stack.up());
      sent(stage, 2, 2);
      assert.notEqual(live("kms-6"), live("kms-7"));
    },
  },
  {
    example: "expiry-report",
    config: () => ({ alertDays: "1" }),
    play: async ({ stack, simulator }) => {
      await succeeded(stack.preview());
      const report = (await stack.preview()) satisfies OperationResult;
      const lines = report.diagnostics.filter(({ severity }) => severity === "info").map(({ message }) => message);
      assert.equal(lines.filter((line) => line.includes(", ends ")).length, 7, lines.join("\n"));
      await stack.setConfig("alertDays", "60000");
      const alert = await stack.preview();
      assert.notEqual(alert.status, 0);
      assert.match(alert.stdout + alert.stderr, /ends in less than 60000 days: domain-c8\/kms-1/);
      const { patches, posts } = takeTraffic(simulator);
      assert.deepEqual({ patches, posts }, { patches: 0, posts: 0 });
    },
  },
];

describe("the examples", () => {
  let simulator: Simulator;
  let ca: CertificateAuthority;

  before(async () => {
    const keyProviders = ["kms-1", "kms-2", "kms-3", "kms-4", "kms-5", "kms-6", "kms-7"];
    const taskDurationMs = { patch: 100, post: 100, csr: 100 };
    [simulator, ca] = await Promise.all([
      startSimulator({ clusters: [{ id: CLUSTER, keyProviders }], taskDurationMs }),
      makeCa({ subject: "CN=Lab CA" }),
    ]);
  });
  after(async () => {
    try {
      simulator.assertClean();
    } finally {
      await simulator.close();
    }
  });

  it("are all in this table", () => {
    const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...rows.map(({ example }) => example), "gitops"].sort());
  });

  for (const { example, config, play } of rows) {
    it(`${example} does what it says`, async () => {
      const folder = await mkdtemp(resolve(tmpdir(), `example-${example}-`));
      const pair: Stage["pair"] = async (name, { days = 90, sinceDays = 1 } = {}) => {
        const [notBefore, notAfter] = [new Date(Date.now() - sinceDays * DAY_MS), new Date(Date.now() + days * DAY_MS)];
        const made = await makeCertificate({ ca, freshKey: true, notBefore, notAfter });
        await writeFile(resolve(folder, `${name}.pem`), made.certificatePem);
        await writeFile(resolve(folder, `${name}.key`), made.privateKeyPem, { mode: 0o600 });
        return made;
      };
      const live = (keyProvider: string): string => fingerprintOfPem(simulator.certificate(CLUSTER, keyProvider));
      const stage = { simulator, folder, pair, live };
      if (example === "signed-from-csr" || example === "component") await writeCa(folder);
      const stack = await makeStack({
        program: example === UPLOAD ? resolve(examples, "..") : resolve(examples, example),
        config: await config(stage),
        simulator,
        environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
      });
      try {
        takeTraffic(simulator);
        await play({ ...stage, stack });
      } finally {
        await stack.remove();
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  async function writeCa(folder: string): Promise<void> {
    const key = await crypto.subtle.exportKey("pkcs8", ca.keys.privateKey);
    const body = Buffer.from(key).toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
    await writeFile(resolve(folder, "ca.pem"), ca.certificatePem);
    await writeFile(resolve(folder, "ca.key"), `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`, {
      mode: 0o600,
    });
  }
});
