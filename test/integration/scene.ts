// SPDX-License-Identifier: Apache-2.0
// What every integration test starts from: the real dynamic-provider process before a simulated vCenter, and what must
// hold at its end. What is done with them stands in the tests.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { startSimulator } from "../simulator";
import type { Simulator, SimulatorOptions } from "../simulator";
import { ProviderFailure, startDynamicProvider } from "../support/dynamic-provider";
import type { DynamicProvider, LogMessage, Properties, ProviderExit } from "../support/dynamic-provider";
import { errorOf } from "../support/error-of";
import { SecretWatch } from "../support/in-process/secrets";
import { assertInTime } from "../support/in-time";
import type { Traffic } from "../support/traffic";
import { takeTraffic } from "../support/traffic";
import { vcenterEnvironment } from "../support/vcenter-environment";

export { NOTHING } from "../support/traffic";

/** The directory from which the constant line finds the package. */
const ROOT = join(__dirname, "../..");
/** What the engine keeps as `__provider`. */
export const TEXT = readFileSync(join(__dirname, "../golden/provider-text.txt"), "utf8").trimEnd();
/** The key providers of a scene's vCenter: one for each test that changes something. */
const KEY_PROVIDERS = Array.from({ length: 16 }, (_, index) => `kms-${index + 1}`);

/** What may differ from one scene to another. */
export interface SceneOptions {
  readonly simulator?: SimulatorOptions;
  /** Added to the variables that lead to the simulator; an undefined value removes one. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What the engine configures; default nothing. */
  readonly config?: Readonly<Record<string, string>>;
  /** Release of the SDK that runs the process. Default `newest`. */
  readonly sdk?: "newest" | "lowest";
  /** Calls that are sent while `configure` is under way. */
  readonly overtake?: (provider: DynamicProvider) => Promise<void>;
}

/** A simulator and a provider process. Made by {@link makeScene}. */
export class Scene {
  readonly simulator: Simulator;
  readonly #options: SceneOptions;
  readonly watch = new SecretWatch();
  readonly #seen: DynamicProvider[] = [];
  #running = false;

  /** @internal Use {@link makeScene}. */
  constructor(simulator: Simulator, options: SceneOptions) {
    this.simulator = simulator;
    this.#options = options;
    this.watch.addText("the password", simulator.password, simulator.user);
  }

  /** Whether a provider process runs now. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** The provider process that runs now. */
  get provider(): DynamicProvider {
    const running = this.#seen.at(-1);
    assert.ok(running !== undefined);
    return running;
  }

  /** Canonical address of the simulator, as states hold it. */
  get server(): string {
    return `${this.simulator.host}:${this.simulator.port}`;
  }

  /** Starts a provider process, as each run of the engine does; the one before must have been stopped. */
  async start(options: Omit<SceneOptions, "simulator"> = this.#options): Promise<DynamicProvider> {
    const { simulator } = this;
    assert.ok(!this.#running);
    const variables = { ...vcenterEnvironment(simulator), ...options.environment };
    const environment = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
    const provider = await startDynamicProvider({
      cwd: ROOT,
      environment,
      ...(options.sdk === undefined ? {} : { sdk: options.sdk }),
    });
    this.#seen.push(provider);
    this.#running = true;
    await Promise.all([provider.configure(options.config ?? {}), options.overtake?.(provider)]);
    return provider;
  }

  /** Ends the process as the engine does, within its patience, and finds no session left. */
  async stop(signal?: NodeJS.Signals): Promise<ProviderExit> {
    this.#running = false;
    const exit = await this.provider.stop(signal);
    assertInTime(exit.elapsedMs, { atMostMs: 2_500 });
    assert.equal(this.simulator.openSessions(), 0, "sessions left");
    return exit;
  }

  /** The inputs for a certificate. */
  inputs(pair: MadeCertificate, keyProvider: string, more: Properties = {}): Properties {
    this.watch.addKey(pair.privateKeyPem, pair.certificatePem);
    const all: Properties = {
      __provider: TEXT,
      __urn: urnOf(keyProvider),
      cluster: this.simulator.cluster,
      keyProvider,
      certificate: pair.certificatePem,
      privateKey: pair.privateKeyPem,
      ...more,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** The outputs that an earlier run has saved after it proved a certificate. */
  state(pair: MadeCertificate, keyProvider: string, more: Properties = {}): Properties {
    return {
      __provider: TEXT,
      server: this.server,
      cluster: this.simulator.cluster,
      keyProvider,
      certificate: pair.certificatePem,
      sha256Fingerprint: pair.fingerprint,
      ...more,
    };
  }

  /** The resource's id. */
  id(keyProvider: string): string {
    return `${this.simulator.cluster}/${keyProvider}`;
  }

  /** Somebody has put a certificate there. */
  put(pair: MadeCertificate, keyProvider: string): void {
    this.simulator.setCertificate(pair.certificatePem, this.simulator.cluster, keyProvider);
  }

  /** Whether the server holds a certificate. */
  holds(pair: MadeCertificate, keyProvider: string): boolean {
    return this.simulator.certificate(this.simulator.cluster, keyProvider) === pair.certificatePem;
  }

  /** Demands a failure with a code, free of secrets and of anything that is not printable. */
  async failure(code: string, work: Promise<unknown>): Promise<ProviderFailure> {
    const error = await errorOf(work);
    assert.ok(error instanceof ProviderFailure, String(error));
    assert.ok(error.message.endsWith(`[${code}]`), error.message);
    assertPrintable(error.message);
    this.watch.addReadable("an error", JSON.stringify([error.message, error.init]));
    return error;
  }

  /** Has a text looked through for secrets at the end. @param where - for the message */
  keepForSecrets(where: string, text: string): void {
    this.watch.addReadable(where, text);
  }

  /** What the engine was told for good about a resource so far, by every process. */
  notices(keyProvider: string): LogMessage[] {
    return this.#seen.flatMap(({ logs }) => logs.filter((log) => !log.ephemeral && log.urn === urnOf(keyProvider)));
  }

  /** Counts what the vCenter has seen since it was asked last. */
  traffic(): Traffic {
    return takeTraffic(this.simulator);
  }

  /** Asserts what must hold after every test file, then closes everything. */
  async end(): Promise<void> {
    try {
      if (this.#running) await this.stop();
      this.simulator.assertClean();
      for (const { logs, output } of this.#seen) {
        const { stdout, stderr } = output();
        assert.equal(stdout, "", "the engine shows every line of stdout to the user");
        for (const { message } of logs) assertPrintable(message);
        this.watch.addReadable("logs", JSON.stringify(logs));
        this.watch.addReadable("stderr", stderr);
      }
      assert.deepEqual(this.watch.leaks(), []);
    } finally {
      await this.simulator.close();
    }
  }
}

/** Starts a vCenter and a provider process before it. */
export async function makeScene(options: SceneOptions = {}): Promise<Scene> {
  const scene = await makeStage(options);
  await scene.start();
  return scene;
}

/** Starts a vCenter, and no process yet: for tests that start several. */
export async function makeStage(options: SceneOptions = {}): Promise<Scene> {
  const simulator = await startSimulator({
    clusters: [{ id: "domain-c8", keyProviders: KEY_PROVIDERS }],
    csrKey: "ec",
    ...options.simulator,
    taskDurationMs: { patch: 150, post: 100, read: 10, ...(options.simulator?.taskDurationMs as object | undefined) },
  });
  return new Scene(simulator, options);
}

/** The URN of the resource for a key provider. */
export function urnOf(keyProvider: string): string {
  return `urn:pulumi:test::trial::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::${keyProvider}`;
}

/** The path of a key provider's certificate, for rules about requests. */
export function pathOf(keyProvider: string): RegExp {
  return new RegExp(`/${keyProvider}/client-certificate$`);
}

function assertPrintable(text: string): void {
  assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
}
