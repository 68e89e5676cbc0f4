// SPDX-License-Identifier: Apache-2.0
// A stack with one resource, and what Pulumi's engine does with what the provider returns and throws (tried on the real
// engine): a plain error keeps the old state, an init failure saves the new one, `{}` from read drops the resource.

import { join } from "node:path";
import type * as Connection from "../../provider/src/vsphere/connection";
import type * as Errors from "../../provider/src/vsphere/errors";
import type * as Provider from "../../provider/src/lifecycle/provider";
import { ModelVcenter, WireFault } from "./model-vcenter";
import { VirtualClock } from "./virtual-clock";

// Mutants of the provider are run by the same test: its sources can be elsewhere.
const SOURCES = process.env["MODEL_PROVIDER_SOURCES"] ?? join(__dirname, "../../provider/src");
/* eslint-disable @typescript-eslint/no-require-imports -- the path is chosen at run time */
const { makeProvider } = require(join(SOURCES, "lifecycle/provider")) as typeof Provider;
const { VCenterConnection } = require(join(SOURCES, "vsphere/connection")) as typeof Connection;
const { RequestError } = require(join(SOURCES, "vsphere/errors")) as typeof Errors;
/* eslint-enable @typescript-eslint/no-require-imports */

/** A certificate of the program. */
export interface Candidate {
  readonly certificatePem: string;
  readonly fingerprint: string;
}

type Properties = Record<string, unknown>;

/** What the state file holds. */
export interface Saved {
  inputs: Properties;
  outputs: Properties;
  initFailed: boolean;
}

/** How an operation of the engine ended. */
export interface Outcome {
  readonly method: "create" | "update" | "delete" | "read" | "none";
  readonly ended: "ok" | "failed" | "not finished" | "killed";
  readonly message: string;
  readonly elapsedMs: number;
}

const TIMEOUT_SECONDS = 60;
/** The bound of one operation, milliseconds. */
export const TIMEOUT_MS: number = TIMEOUT_SECONDS * 1000;
const ID = "domain-c8/kms-1";

/** One stack before one vCenter. */
export class Stack {
  readonly clock = new VirtualClock();
  readonly vcenter: ModelVcenter;
  saved: Saved | undefined;
  wanted: Candidate;

  constructor(present: string, wanted: Candidate, third: string) {
    this.vcenter = new ModelVcenter(this.clock, present, third);
    this.wanted = wanted;
  }

  /** `pulumi up`. `killAtRequest`: the provider process dies when it sends that request; nothing is saved. */
  async up(killAtRequest = Infinity): Promise<Outcome> {
    const inputs = {
      __provider: "constant",
      cluster: "domain-c8",
      keyProvider: "kms-1",
      certificate: this.wanted.certificatePem,
      timeoutSeconds: TIMEOUT_SECONDS,
    };
    return this.#operate(
      killAtRequest,
      async (provider, began) => {
        const { saved } = this;
        const checked = await provider.check?.(saved?.inputs ?? {}, inputs);
        if (checked?.failures !== undefined && checked.failures.length > 0)
          throw new Error(JSON.stringify(checked.failures));
        if (saved === undefined) {
          began("create");
          const made = await provider.create(inputs);
          return () => (this.saved = { inputs, outputs: made.outs ?? {}, initFailed: false });
        }
        const diff = await provider.diff?.(ID, saved.outputs, inputs);
        if (typeof diff?.changes !== "boolean") throw new Error("diff did not say whether there are changes");
        if (!diff.changes && !saved.initFailed) return () => (saved.inputs = inputs);
        began("update");
        const made = await provider.update?.(ID, saved.outputs, inputs);
        return () => (this.saved = { inputs, outputs: made?.outs ?? {}, initFailed: false });
      },
      inputs,
    );
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<Outcome> {
    return this.#operate(Infinity, async (provider, began) => {
      const { saved } = this;
      if (saved === undefined) return () => undefined;
      began("read");
      const read = (await provider.read?.(ID, saved.outputs)) as {
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
    return this.#operate(Infinity, async (provider, began) => {
      const { saved } = this;
      if (saved === undefined) return () => undefined;
      began("delete");
      await provider.delete?.(ID, saved.outputs);
      return () => (this.saved = undefined);
    });
  }

  async #operate(
    killAtRequest: number,
    work: (
      provider: ReturnType<typeof makeProvider>,
      began: (method: Outcome["method"]) => void,
    ) => Promise<() => unknown>,
    inputs?: Properties,
  ): Promise<Outcome> {
    const { clock, vcenter } = this;
    vcenter.begin();
    vcenter.killAtRequest = killAtRequest;
    const process = this.#process();
    const beganMs = clock.nowMs();
    let method = "none" as Outcome["method"];
    const outcome = (ended: Outcome["ended"], message = ""): Outcome => ({
      method,
      ended,
      message,
      elapsedMs: clock.nowMs() - beganMs,
    });
    let result: Outcome;
    try {
      const save = await clock.run(work(process.provider, (name) => (method = name)));
      result = outcome("ok");
      if (killAtRequest !== Infinity && this.#wasKilled(killAtRequest)) {
        clock.forgetTimers();
        vcenter.expireSessions();
        return outcome("killed");
      }
      save();
    } catch (error) {
      if (killAtRequest !== Infinity && this.#wasKilled(killAtRequest)) {
        clock.forgetTimers();
        vcenter.expireSessions();
        return outcome("killed");
      }
      const message = error instanceof Error ? error.message : String(error);
      const init = error as { id?: string; properties?: Properties };
      if (init.id !== undefined && init.properties !== undefined) {
        const olds = this.saved?.inputs;
        this.saved = {
          inputs: method === "update" ? (olds ?? {}) : (inputs ?? {}),
          outputs: init.properties,
          initFailed: true,
        };
        result = outcome("not finished", message);
      } else {
        result = outcome("failed", message);
      }
    }
    await clock.run(process.close());
    return result;
  }

  #wasKilled(at: number): boolean {
    const { counts } = this.vcenter;
    return Object.values(counts).reduce((sum, count) => sum + count, 0) >= at - 1 && at !== Infinity;
  }

  /** A new provider process, as the engine starts one for each operation. */
  #process(): { provider: ReturnType<typeof makeProvider>; close: () => Promise<void> } {
    const { clock, vcenter } = this;
    let connection: Connection.VCenterConnection | undefined;
    const provider = makeProvider({
      display: { line: () => undefined, status: () => undefined },
      environment: {
        VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter",
        VSPHERE_TRUST_AUTHORITY_USER: "u",
        VSPHERE_TRUST_AUTHORITY_PASSWORD: "password",
      },
      clock,
      connect: (process) => {
        connection = new VCenterConnection({
          address: process.requireWhere().address,
          trust: { allowUnverified: false },
          credentials: () => process.credentials(),
          clock,
          transport: {
            serverAheadMs: () => 0,
            close: () => Promise.resolve(),
            send: async (request, deadline, timeoutMs = 30_000) => {
              const controller = new AbortController();
              const abort = (): void => {
                controller.abort(new Error("ended"));
              };
              const cancel = clock.after(timeoutMs, abort);
              deadline.signal.addEventListener("abort", abort, { once: true });
              if (deadline.signal.aborted) abort();
              try {
                return await vcenter.send(request, controller.signal);
              } catch (error) {
                const sent = !(error instanceof WireFault) || error.sent;
                const { method, path } = request;
                throw new RequestError("ERR_CONNECT", "the connection broke", {
                  method,
                  path,
                  fate: sent ? "maybe-sent" : "not-sent",
                });
              } finally {
                cancel();
                deadline.signal.removeEventListener("abort", abort);
              }
            },
          },
        });
        return Promise.resolve(connection);
      },
    });
    return { provider, close: async () => connection?.close() };
  }
}
