// SPDX-License-Identifier: Apache-2.0
// A stack with one resource, and what Pulumi's engine does with what the provider returns and throws (tried on the real
// engine): a plain error keeps the old state, an init failure saves the new one, `{}` from read drops the resource.

import { join } from "node:path";
import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import type * as Lifecycle from "../../provider/src/lifecycle/provider";
import type * as Process from "../../provider/src/process/provider-process";
import type * as Resource from "../../provider/src/resources/kms-client-certificate";
import type * as SelfSigned from "../../provider/src/resources/self-signed";
import { Killed, openModelConnection } from "./model-connection";
import type { ModelVcenter } from "./model-vcenter";
import type { VirtualClock } from "../support/clock/virtual-clock";

// Mutants of the provider are run by the same test: its sources can be elsewhere.
const SOURCES = process.env["MODEL_PROVIDER_SOURCES"] ?? join(__dirname, "../../provider/src");
/* eslint-disable @typescript-eslint/no-require-imports -- the path is chosen at run time */
const { resourceProvider } = require(join(SOURCES, "lifecycle/provider")) as typeof Lifecycle;
const { ProviderProcess } = require(join(SOURCES, "process/provider-process")) as typeof Process;
const { kmsClientCertificate } = require(join(SOURCES, "resources/kms-client-certificate")) as typeof Resource;
const { selfSigned } = require(join(SOURCES, "resources/self-signed")) as typeof SelfSigned;
/* eslint-enable @typescript-eslint/no-require-imports */

/** A certificate of the program. */
export interface Candidate {
  readonly certificatePem: string;
  readonly fingerprint: string;
}

/** The options that a program has set. */
export interface Options {
  readonly detectDrift?: "always";
  readonly adopt?: boolean;
  readonly waitForHealth?: boolean;
}

type Properties = Record<string, unknown>;
type Provider = ResourceProvider<Properties, Properties>;

/** What the state file holds. */
export interface Saved {
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly initFailed: boolean;
}

/** How an operation of the engine ended. */
export interface Outcome {
  readonly method: "create" | "update" | "delete" | "read" | "none";
  readonly ended: "ok" | "failed" | "not finished" | "killed";
  readonly message: string;
  /** Of the longest call of the provider. */
  readonly elapsedMs: number;
}

const TIMEOUT_SECONDS = 60;
/** The bound of one operation, milliseconds. */
export const TIMEOUT_MS: number = TIMEOUT_SECONDS * 1000;
const ID = "domain-c8/kms-1";

type Work = (provider: Provider, run: Run) => Promise<() => unknown>;
/** Runs one call of the provider, and takes its time. */
type Run = <T>(method: Outcome["method"], call: Promise<T>) => Promise<T>;

/** One stack before one vCenter. */
export class Stack {
  readonly clock: VirtualClock;
  readonly vcenter: ModelVcenter;
  /** True: a KmsSelfSignedClientCertificate, and what is wanted triggers a new one. */
  readonly isMadeByHosts: boolean;
  readonly options: Options;
  saved: Saved | undefined;
  wanted: Candidate;
  /** True: the program writes the wanted certificate in another way, with CRLF and text before it. */
  rewritten = false;

  constructor(clock: VirtualClock, vcenter: ModelVcenter, wanted: Candidate, options: Options, isMadeByHosts: boolean) {
    this.isMadeByHosts = isMadeByHosts;
    this.clock = clock;
    this.vcenter = vcenter;
    this.wanted = wanted;
    this.options = options;
  }

  /** `pulumi up`. */
  async up(): Promise<Outcome> {
    const pem = this.wanted.certificatePem;
    const inputs = {
      __provider: "constant",
      cluster: "domain-c8",
      keyProvider: "kms-1",
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(this.isMadeByHosts
        ? { triggers: [this.wanted.fingerprint] }
        : {
            certificate: this.rewritten ? `Certificate:\n    Data:\n${pem}`.replace(/\n/g, "\r\n") : pem,
            ...this.options,
          }),
    };
    return this.#operate(async (provider, run) => {
      const { saved } = this;
      const checked = await provider.check?.(saved?.inputs ?? {}, inputs);
      if (checked?.failures !== undefined && checked.failures.length > 0)
        throw new Error(JSON.stringify(checked.failures));
      if (saved === undefined) {
        const made = await run("create", provider.create(inputs));
        return () => (this.saved = { inputs, outputs: made.outs ?? {}, initFailed: false });
      }
      const diff = await run(
        "none",
        provider.diff?.(ID, saved.outputs, inputs) ?? Promise.reject(new Error("no diff")),
      );
      if (typeof diff.changes !== "boolean") throw new Error("diff did not say whether there are changes");
      if (diff.replaces !== undefined && diff.replaces.length > 0) throw new Error("diff wants a replacement");
      if (!diff.changes && !saved.initFailed) return () => (this.saved = { ...saved, inputs });
      const made = await run(
        "update",
        provider.update?.(ID, saved.outputs, inputs) ?? Promise.reject(new Error("no update")),
      );
      return () => (this.saved = { inputs, outputs: made.outs ?? {}, initFailed: false });
    }, inputs);
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<Outcome> {
    return this.#operate(async (provider, run) => {
      const { saved } = this;
      if (saved === undefined) return () => undefined;
      const read = (await run("read", provider.read?.(ID, saved.outputs) ?? Promise.reject(new Error("no read")))) as {
        id?: string;
        props?: Properties;
        inputs?: Properties;
      };
      if (read.id === undefined || read.id === "") return () => (this.saved = undefined);
      // The engine forgets init failures in a refresh.
      return () => (this.saved = { inputs: read.inputs ?? saved.inputs, outputs: read.props ?? {}, initFailed: false });
    });
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<Outcome> {
    return this.#operate(async (provider, run) => {
      const { saved } = this;
      if (saved === undefined) return () => undefined;
      await run("delete", provider.delete?.(ID, saved.outputs) ?? Promise.reject(new Error("no delete")));
      return () => (this.saved = undefined);
    });
  }

  async #operate(work: Work, inputs?: Properties): Promise<Outcome> {
    const { clock, vcenter } = this;
    vcenter.begin();
    const process = this.#process();
    let method: Outcome["method"] = "none";
    let elapsedMs = 0;
    const run: Run = async (name, call) => {
      method = name;
      const beganMs = clock.nowMs();
      try {
        return await call;
      } finally {
        elapsedMs = Math.max(elapsedMs, clock.nowMs() - beganMs);
      }
    };
    const outcome = (ended: Outcome["ended"], message = ""): Outcome => ({ method, ended, message, elapsedMs });
    let result: Outcome;
    try {
      const save = await clock.run(work(process.provider, run), process.killed);
      if (vcenter.diesNow()) throw new Killed();
      save();
      result = outcome("ok");
    } catch (error) {
      if (error instanceof Killed || vcenter.diesNow()) {
        await clock.buryProcess();
        // Who is dead can't log out: vCenter ends the session when it has been idle for long.
        vcenter.expireSessions();
        return outcome("killed");
      }
      result = this.#failed(error, method, inputs, outcome);
    }
    await clock.run(process.close());
    return result;
  }

  #failed(
    error: unknown,
    method: Outcome["method"],
    inputs: Properties | undefined,
    outcome: (ended: Outcome["ended"], message: string) => Outcome,
  ): Outcome {
    const message = error instanceof Error ? error.message : String(error);
    const { id, properties } = error as { id?: string; properties?: Properties };
    if (id === undefined || properties === undefined) return outcome("failed", message);
    const olds = this.saved?.inputs;
    this.saved = {
      inputs: method === "update" ? (olds ?? {}) : (inputs ?? {}),
      outputs: properties,
      initFailed: true,
    };
    return outcome("not finished", message);
  }

  /** A new provider process, as the engine starts one for each operation. */
  #process(): { provider: Provider; killed: Promise<never>; close: () => Promise<void> } {
    const { clock, vcenter } = this;
    let connection: ReturnType<typeof openModelConnection> | undefined;
    const killed = new Promise<never>((_resolve, reject) => {
      vcenter.onKill = () => {
        reject(new Killed());
      };
    });
    killed.catch(() => undefined);
    const process = new ProviderProcess({
      display: { line: () => undefined, status: () => undefined },
      environment: {
        VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter",
        VSPHERE_TRUST_AUTHORITY_USER: "u",
        VSPHERE_TRUST_AUTHORITY_PASSWORD: "password",
      },
      clock,
      connect: (access) => {
        connection = openModelConnection(access, vcenter, clock, SOURCES);
        return Promise.resolve(connection);
      },
    });
    return {
      provider: this.isMadeByHosts
        ? resourceProvider(process, selfSigned)
        : resourceProvider(process, kmsClientCertificate),
      killed,
      close: async () => connection?.close(),
    };
  }
}
