// SPDX-License-Identifier: Apache-2.0

// Canary keys and a canary password through the real engine at its most talkative: nothing that can be read afterwards, or
// while it runs, holds 16 characters of them in a row. What Pulumi's own engine logs of inputs by value is told apart.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { OperationResult } from "../support/engine/index";
import { PASSPHRASE } from "../support/engine/environment";
import { processTree } from "../support/engine/process-tree";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { failed, makeScene, succeeded } from "./scene";
import { piecesOf } from "../support/secret-search";

const PASSWORD = `canary/${randomBytes(15).toString("base64")}`;
const LOOK_EVERY_MS = 30;
/** Pulumi marks a secret in state with this member. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";
/** A record of the engine, which is written in Go, about the inputs that it passes on; Node writes no such lines. */
const OF_THE_ENGINE =
  /^(\{"time":"[^"]+","level":"[A-Z]+",.*?"msg":"|[IWE]\d{4} .*\.go:\d+\] )((Unm|M)arshaling property for RPC\[|Planner decided to create )/;

describe("canary keys and a canary password", () => {
  let scene: Scene;
  let temporary: string;
  let byValue: MadeCertificate;
  let byFile: MadeCertificate;
  /** What vCenter will not take. */
  let refused: readonly [MadeCertificate, MadeCertificate];
  let result: OperationResult;
  /** What was to be seen only while it ran. */
  const commands = new Set<string>();
  const files = new Map<string, string>();

  const declare = async (value: MadeCertificate, file: MadeCertificate): Promise<void> => {
    await scene.stack.writeFiles({ "by-file.key": file.privateKeyPem });
    const at = (keyProvider: string, { certificatePem: certificate }: MadeCertificate): object => ({
      cluster: "domain-c8",
      keyProvider,
      certificate,
    });
    await scene.declare(
      { name: "by-value", args: { ...at("kms-1", value), privateKey: value.privateKeyPem } },
      { name: "by-file", args: { ...at("kms-2", file), privateKeyFile: "by-file.key" } },
    );
  };

  before(async () => {
    [byValue, byFile] = await Promise.all([
      makeCertificate({ keyType: "rsa-3072", freshKey: true }),
      makeCertificate({ keyType: "rsa-3072", freshKey: true }),
    ]);
    refused = await Promise.all([makeCertificate(), makeCertificate()]);
    temporary = mkdtempSync(join(tmpdir(), "canary-"));
    scene = await makeScene({
      simulator: { password: PASSWORD, taskDurationMs: { patch: 1_000 } },
      stack: { environment: { TMPDIR: temporary } },
    });
    await declare(byValue, byFile);
    const operation = scene.stack.start("up", ["-v=9", "--logtostderr", "--logflow"]);
    const looking = setInterval(() => {
      for (const { command } of processTree(operation.pid)) commands.add(command);
      for (const [path, text] of regularFiles(temporary)) files.set(`${path} ${text.length}`, text);
    }, LOOK_EVERY_MS);
    result = await succeeded(operation.result);
    clearInterval(looking);
  });
  after(async () => {
    await scene.end();
    rmSync(temporary, { recursive: true });
  });

  const assertAbsent = (where: string, text: string, pairs: readonly MadeCertificate[] = [byValue, byFile]): void => {
    for (const { privateKeyPem: privateKey, certificatePem: certificate } of pairs)
      assert.deepEqual(piecesOf(privateKey, text, certificate), [], where);
    assert.deepEqual(piecesOf(PASSWORD, text), [], where);
    const basic = Buffer.from(`${scene.simulator.user}:${PASSWORD}`).toString("base64");
    assert.deepEqual(piecesOf(basic, text), [], where);
  };

  it("are nowhere in what the up shows, nor in any message for a person", () => {
    assertAbsent("stdout", result.stdout);
    assertAbsent("diagnostics", JSON.stringify(result.diagnostics));
  });

  it("are nowhere in the logs of -v=9, but for a key by value in the engine's own records of inputs", () => {
    assert.ok(result.stderr.length > 50_000, "the logs are there");
    // The same code of ours reads, checks and sends both keys. What the engine never gets, no log ever shows: so what is
    // in the logs of the other key was written by the engine, and each line says so itself.
    assertAbsent("logs", result.stderr, [byFile]);
    const lines = result.stderr
      .split("\n")
      .filter((line) => piecesOf(byValue.privateKeyPem, line, byValue.certificatePem).length > 0);
    for (const line of lines) assert.match(line.slice(0, 300), OF_THE_ENGINE);
    const rest = result.stderr.split("\n").filter((line) => !lines.includes(line));
    assertAbsent("logs", rest.join("\n"));
  });

  it("are nowhere in the state as it is kept and exported, nor in any other file that the engine writes", async () => {
    assertAbsent("export", (await scene.stack.exportState()).text);
    const written = regularFiles(dirname(scene.stack.directory)).filter(
      ([path]) => !/\/(resources\.json|by-file\.key)$/.test(path),
    );
    assert.ok(written.some(([path]) => path.includes("/state/")) && written.some(([path]) => path.includes("events")));
    for (const [path, text] of written) assertAbsent(path, text);
  });

  it("are not even encrypted in the state where the key is in a file and the password in the environment", async () => {
    const decrypted = await scene.stack.run(["stack", "export", "--stack", "test", "--show-secrets"]);
    assertAbsent("decrypted export", decrypted, [byFile]);
    const { inputs, outputs } = (await scene.stack.exportState()).resource("by-file");
    assert.ok(!JSON.stringify([inputs, outputs]).includes(SECRET_MARK));
    assert.equal(inputs?.["privateKeyFile"], "by-file.key");
    // The search itself finds what is there.
    assert.ok(piecesOf(byValue.privateKeyPem, decrypted, byValue.certificatePem).length > 1_000);
  });

  it("are in no command line of any process of the run", () => {
    const seen = [...commands].join("\n");
    assert.match(seen, /cmd\/dynamic-provider/);
    assertAbsent("command lines", seen);
  });

  it("are in no temporary file, neither during the run nor after", () => {
    for (const [path, text] of [...files, ...regularFiles(temporary)]) assertAbsent(path, text);
    const left = regularFiles(temporary).map(([path]) => path);
    assert.deepEqual(left, []);
  });

  it("are in no address of any request", () => {
    const { entries } = scene.simulator.journal;
    assert.ok(entries.length > 5);
    assertAbsent("addresses", entries.map(({ rawPath, query }) => `${rawPath}?${query}`).join("\n"));
  });

  it("are in no error, though the server repeats them in every encoding", async () => {
    const [value, file] = refused;
    await declare(value, file);
    for (const [keyProvider, { privateKeyPem: privateKey }] of [
      ["kms-1", value],
      ["kms-2", file],
    ] as const) {
      const der = Buffer.from(privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
      const basic = Buffer.from(`${scene.simulator.user}:${PASSWORD}`).toString("base64");
      const texts = [
        privateKey,
        der.toString("base64"),
        der.toString("hex"),
        PASSWORD,
        encodeURIComponent(PASSWORD),
        basic,
      ];
      const messages = texts.map((text) => ({
        id: `com.vmware.${text}`,
        default_message: `Refused ${text}`,
        args: [text],
      }));
      scene.simulator.faults.add({
        match: { operation: "patch", path: new RegExp(`/${keyProvider}/`) },
        action: { kind: "respond", status: 400, body: { error_type: "INVALID_ARGUMENT", messages } },
      });
    }
    const { stdout, stderr } = await failed(scene.stack.up(["--parallel", "4"]), /Refused \[redacted\].*\[ERR_API\]/s);
    const everything = stdout + stderr + (await scene.stack.backendText());
    assertAbsent("a failed up", everything, [...refused, byValue, byFile]);
  });

  it("are not in the logs that the CLI writes by itself, also of commands that fail", async (t) => {
    // One that ends before it knows how to encrypt its log.
    scene.stack.setEnvironment({ PULUMI_CONFIG_PASSPHRASE: "another" });
    await failed(scene.stack.up(), /incorrect passphrase/);
    scene.stack.setEnvironment({ PULUMI_CONFIG_PASSPHRASE: PASSPHRASE });
    const logs = await scene.stack.cliLogs();
    if (logs.length === 0) {
      t.skip("this CLI is older than 3.249");
      return;
    }
    const ofFailure = logs.filter(({ text }) => text.includes("Refused [redacted]"));
    const inClear = logs.filter(({ encrypted }) => !encrypted);
    assert.deepEqual([ofFailure.length, ofFailure[0]?.encrypted], [1, true]);
    assert.ok(inClear.some(({ name }) => name.endsWith("-up.log")));
    // What -v=9 adds to the first is judged above.
    for (const { name, text } of [...ofFailure, ...inClear]) assertAbsent(name, text, [...refused, byValue, byFile]);
  });
});

/** Every file below a directory that can be read without waiting, with its content; the engine's pipes are none. */
function regularFiles(directory: string): [path: string, text: string][] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).flatMap((name): [string, string][] => {
    const path = join(directory, name);
    try {
      return lstatSync(path).isFile() ? [[path, readFileSync(path, "latin1")]] : [];
    } catch {
      return []; // It went while we looked.
    }
  });
}
