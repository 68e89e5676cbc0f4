// SPDX-License-Identifier: Apache-2.0
// The provider in this process against a simulator of its own: fast, over real sockets. At its end it asserts what must
// hold after every test: no session left, no rule unused, no unexpected request, no secret in any text.

import assert from "node:assert/strict";
import type { Clock } from "../../../provider/src/core/clock";
import { openConnection } from "../../../provider/src/process/connection";
import type { Display } from "../../../provider/src/process/display";
import type { ProcessOptions as ProviderProcessOptions } from "../../../provider/src/process/provider-process";
import type { VCenterConnection } from "../../../provider/src/vsphere/connection";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import type { Simulator, SimulatorOptions } from "../../simulator";
import { startSimulator } from "../../simulator";
import type { CheckFailure, Properties, ResourceType } from "../driver";
import { KMS_CLIENT_CERTIFICATE, urnOf } from "../driver";
import type { ProviderMethods } from "../driver/methods";
import type { Outcome } from "../driver/outcome";
import { settle } from "../driver/outcome";
import type { TcpProxy } from "../tcp-proxy";
import { startTcpProxy } from "../tcp-proxy";
import { until } from "../until";
import { vcenterEnvironment } from "../vcenter-environment";
import { makeProvider } from "./make-provider";
import { methodsOf } from "./methods";
import type { DisplayLine } from "./methods";
import { SecretWatch } from "./secrets";

export { assertFailure, assertNotFinished, assertSuccess, describe } from "../driver/outcome";
export type { Properties } from "../driver";
export type { Ended, Outcome } from "../driver/outcome";
export type { DisplayLine } from "./methods";

/** What a scenario starts with. */
export interface ScenarioOptions {
  readonly simulator?: SimulatorOptions;
  /** Of the scenario's one resource; default KmsClientCertificate. */
  readonly type?: ResourceType;
  /** Puts a relay between provider and simulator, whose line the test can cut. Default false. */
  readonly relayed?: boolean;
  /** Bound of every operation, seconds; default 20. */
  readonly timeoutSeconds?: number;
  /** True: writes may overlap at the server, because a task never ends, or two stacks write. Default false. */
  readonly mayOverlap?: boolean;
  /** Sessions that may be open at the end; default 0. */
  readonly sessionsLeft?: number;
}

/** What a provider process starts with. */
export interface ProcessOptions {
  readonly clock?: Clock;
  /** Added to the variables that lead to the simulator; an undefined value removes one. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Replaces the connection. */
  readonly connect?: () => Promise<VCenterConnection>;
}

/** The methods of the engine on one provider process, for the scenario's one resource. */
export interface InProcess {
  /** With every argument that the engine passes. */
  readonly methods: ProviderMethods;
  readonly check: (olds: Properties, news: Properties) => Promise<readonly CheckFailure[]>;
  readonly diff: (olds: Properties, news: Properties) => Promise<{ changes: boolean; replaces: readonly string[] }>;
  readonly create: (news: Properties) => Promise<Outcome>;
  readonly update: (olds: Properties, news: Properties) => Promise<Outcome>;
  /** `id` undefined in the outcome: the answer was `{}`. */
  readonly read: (id: string, properties: Properties) => Promise<Outcome>;
  readonly delete: (id: string, properties: Properties) => Promise<Outcome>;
}

/** A simulator, the certificate that is wanted, and provider processes. Made by {@link startScenario}. */
export class Scenario {
  readonly simulator: Simulator;
  readonly relay: TcpProxy | undefined;
  /** What the program wants. */
  readonly wanted: MadeCertificate;
  /** Everything that was shown. */
  readonly lines: DisplayLine[] = [];
  readonly secrets = new SecretWatch();
  readonly #options: ScenarioOptions;
  readonly #connections: VCenterConnection[] = [];

  /** @internal Use {@link startScenario}. */
  constructor(simulator: Simulator, relay: TcpProxy | undefined, wanted: MadeCertificate, options: ScenarioOptions) {
    this.simulator = simulator;
    this.relay = relay;
    this.wanted = wanted;
    this.#options = options;
    this.secrets.addText("the password", simulator.password, simulator.user);
    this.secrets.addKey(wanted.privateKeyPem, wanted.certificatePem);
  }

  /** The variables that lead to the simulator. */
  get environment(): NodeJS.ProcessEnv {
    const { simulator, relay } = this;
    const server = relay === undefined ? {} : { VSPHERE_TRUST_AUTHORITY_SERVER: relay.address };
    return { ...vcenterEnvironment(simulator), ...server };
  }

  /** The resource's id. */
  get id(): string {
    return `${encodeURIComponent(this.simulator.cluster)}/${encodeURIComponent(this.simulator.keyProvider)}`;
  }

  /** The inputs for a certificate. @param more - other inputs; an undefined value leaves one out */
  inputs(pair: MadeCertificate = this.wanted, more: Properties = {}): Properties {
    this.secrets.addKey(pair.privateKeyPem, pair.certificatePem);
    const all: Properties = {
      cluster: this.simulator.cluster,
      keyProvider: this.simulator.keyProvider,
      certificate: pair.certificatePem,
      privateKey: pair.privateKeyPem,
      timeoutSeconds: this.#options.timeoutSeconds ?? 20,
      __provider: KMS_CLIENT_CERTIFICATE.handlerLine,
      __urn: urnOf(KMS_CLIENT_CERTIFICATE, "cert"),
      ...more,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** A provider process of its own, as each run of the engine has one. */
  providerProcess(options: ProcessOptions = {}): InProcess {
    const environment = { ...this.environment, ...options.environment };
    const display: Display = {
      line: (severity, text, urn) => this.lines.push({ severity, text, urn }),
      status: (text, urn) => this.lines.push({ severity: "status", text, urn }),
    };
    const { type = KMS_CLIENT_CERTIFICATE } = this.#options;
    const connect: ProviderProcessOptions["connect"] = async (access) => {
      const connection = await (options.connect?.() ?? openConnection(access));
      this.#connections.push(connection);
      return connection;
    };
    const clock = options.clock === undefined ? {} : { clock: options.clock };
    const provider = makeProvider({ display, environment, connect, ...clock }, type);
    const record = async (call: Parameters<typeof settle>[0]): Promise<Outcome> => {
      const outcome = await settle(call);
      for (const token of this.#connections.flatMap((one) => one.secrets())) {
        this.secrets.addText("a session token", token);
      }
      this.secrets.addReadable(`an outcome (${outcome.kind})`, JSON.stringify(outcome));
      return outcome;
    };
    const methods = methodsOf(provider, type.handlerLine, {
      record,
      onFailures: (failures) => {
        this.secrets.addReadable("check failures", JSON.stringify(failures));
      },
      lines: this.lines,
    });
    return {
      methods,
      create: methods.create,
      read: methods.read,
      delete: methods.delete,
      check: async (olds, news) => (await methods.check(olds, news)).failures,
      diff: (olds, news) => methods.diff(this.id, olds, news),
      update: (olds, news) => methods.update(this.id, olds, news),
    };
  }

  /** Asserts what must hold after every test, then closes everything. */
  async end(): Promise<void> {
    const { simulator } = this;
    try {
      const allowed = this.#options.sessionsLeft ?? 0;
      // The session is logged out by itself, 2 s after its last user has left.
      await until("sessions are left open", () => simulator.openSessions() <= allowed, 6_000);
      assert.deepEqual(
        simulator.faults.unused().map(({ name }) => name),
        [],
        "rules that were never used",
      );
      assert.deepEqual(
        this.#options.mayOverlap === true
          ? []
          : simulator.overlaps().map(({ first, second }) => `${first.id} and ${second.id}`),
        [],
        "I6: writes on one key provider that overlapped",
      );
      assert.deepEqual(
        simulator.requests.unexpected().map((entry) => `${entry.method} ${entry.rawPath}: ${entry.unexpected ?? ""}`),
        [],
        "requests that a correct client would not have sent",
      );
      const lastStatus = this.lines.findLast(({ severity }) => severity === "status")?.text ?? "";
      assert.equal(lastStatus, "", "left in the status column");
      this.secrets.addReadable("the display", JSON.stringify(this.lines));
      const sent = simulator.journal.entries.map((entry) => [entry.rawPath, entry.query, entry.headers]);
      this.secrets.addReadable("paths and headers", JSON.stringify(sent));
      assert.deepEqual(this.secrets.leaks(), [], "secrets in texts");
    } finally {
      await this.close();
    }
  }

  /** Closes everything without a question. */
  async close(): Promise<void> {
    this.relay?.close();
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await this.simulator.close();
  }
}

/** Made once: a vCenter of its own is what keeps scenarios apart, and a certificate takes longer to make than most to play. */
let wantedByAll: Promise<MadeCertificate> | undefined;

/** Starts a simulator, for the wanted certificate. */
export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const [simulator, wanted] = await Promise.all([
    startSimulator({
      csrKey: "ec",
      taskDurationMs: { patch: 150, post: 150, csr: 150, read: 5 },
      ...options.simulator,
    }),
    (wantedByAll ??= makeCertificate()),
  ]);
  const relay = options.relayed === true ? await startTcpProxy(simulator) : undefined;
  return new Scenario(simulator, relay, wanted, options);
}
