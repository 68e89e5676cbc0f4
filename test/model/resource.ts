// SPDX-License-Identifier: Apache-2.0
// One resource of a program, and what Pulumi's engine does with what the provider returns and throws (tried on the real
// engine): a plain error keeps the old state, an init failure saves the new one, `{}` from read drops the resource.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { keyProviderOf } from "./model-tasks";
import type { Slot } from "./model-tasks";

/** A certificate or a signing request. */
export interface Candidate {
  readonly pem: string;
  /** SHA-256 of the DER. */
  readonly fingerprint: string;
}

/** The options that a program has set. */
export interface Options {
  readonly detectDrift?: "always";
  readonly adopt?: boolean;
  readonly waitForHealth?: boolean;
}

/** The types of resources. */
export type ResourceKind = "certificate" | "self-signed" | "signing request" | "second certificate";

type Properties = Record<string, unknown>;
/** The methods of one type. */
export type Provider = ResourceProvider<Properties, Properties>;

/** What the state file holds. */
export interface Saved {
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly initFailed: boolean;
}

/** How an operation of the engine ended for one resource. */
export interface Outcome {
  readonly method: "create" | "update" | "delete" | "read" | "none";
  readonly ended: "ok" | "failed" | "not finished" | "killed";
  readonly message: string;
  /** Of the longest call of the provider. */
  readonly elapsedMs: number;
  /** How much had happened at the vCenter when it ended: what comes later concerns other resources. */
  readonly happened: number;
}

/** Runs one call of the provider, and takes its time. */
export type Run = <T>(method: Outcome["method"], call: Promise<T> | undefined) => Promise<T>;
/** A step of the engine; what it returns saves the result. */
export type Step = (resource: Resource, provider: Provider, run: Run) => Promise<() => unknown>;

/** One resource: what the program declares, and what the state file holds. */
export class Resource {
  readonly kind: ResourceKind;
  readonly options: Options;
  readonly timeoutSeconds: number;
  saved: Saved | undefined;
  /** For what the hosts make, a trigger. */
  wanted: Candidate;
  /** True: the program writes the wanted certificate in another way, with CRLF and text before it. */
  rewritten = false;

  constructor(kind: ResourceKind, wanted: Candidate, options: Options, timeoutSeconds: number) {
    this.kind = kind;
    this.wanted = wanted;
    this.options = options;
    this.timeoutSeconds = timeoutSeconds;
  }

  get slot(): Slot {
    if (this.kind === "signing request") return "csr";
    return this.kind === "second certificate" ? this.kind : "certificate";
  }

  get id(): string {
    return `domain-c8/${keyProviderOf(this.slot)}`;
  }

  /** True: the hosts choose what it is. */
  get isMadeByHosts(): boolean {
    return this.kind === "self-signed" || this.kind === "signing request";
  }

  /** What the program declares. */
  inputs(): Properties {
    const { pem, fingerprint } = this.wanted;
    const { adopt } = this.options;
    return {
      __provider: "constant",
      cluster: "domain-c8",
      keyProvider: keyProviderOf(this.slot),
      timeoutSeconds: this.timeoutSeconds,
      ...(this.isMadeByHosts
        ? { triggers: [fingerprint], ...(adopt === undefined ? {} : { adopt }) }
        : {
            certificate: this.rewritten ? `Certificate:\n    Data:\n${pem}`.replace(/\n/g, "\r\n") : pem,
            ...this.options,
          }),
    };
  }

  /** What the init failure of a method saves. */
  saveUnfinished(method: Outcome["method"], outputs: Properties): void {
    const inputs = method === "update" ? (this.saved?.inputs ?? {}) : this.inputs();
    this.saved = { inputs, outputs, initFailed: true };
  }
}

/** `pulumi up`. */
export const up: Step = async (resource, provider, run) => {
  const { saved } = resource;
  const inputs = resource.inputs();
  const checked = await provider.check?.(saved?.inputs ?? {}, inputs);
  if (checked?.failures !== undefined && checked.failures.length > 0) throw new Error(JSON.stringify(checked.failures));
  if (saved === undefined) {
    const made = await run("create", provider.create(inputs));
    return () => (resource.saved = { inputs, outputs: made.outs ?? {}, initFailed: false });
  }
  const diff = await run("none", provider.diff?.(resource.id, saved.outputs, inputs));
  if (typeof diff.changes !== "boolean") throw new Error("diff did not say whether there are changes");
  if (diff.replaces !== undefined && diff.replaces.length > 0) throw new Error("diff wants a replacement");
  if (!diff.changes && !saved.initFailed) return () => (resource.saved = { ...saved, inputs });
  const made = await run("update", provider.update?.(resource.id, saved.outputs, inputs));
  return () => (resource.saved = { inputs, outputs: made.outs ?? {}, initFailed: false });
};

/** `pulumi refresh`. */
export const refresh: Step = async (resource, provider, run) => {
  const { saved } = resource;
  if (saved === undefined) return () => undefined;
  const read = (await run("read", provider.read?.(resource.id, saved.outputs))) as {
    id?: string;
    props?: Properties;
    inputs?: Properties;
  };
  if (read.id === undefined || read.id === "") return () => (resource.saved = undefined);
  // The engine forgets init failures in a refresh.
  const { inputs = saved.inputs, props: outputs = {} } = read;
  return () => (resource.saved = { inputs, outputs, initFailed: false });
};

/** `pulumi destroy`. */
export const destroy: Step = async (resource, provider, run) => {
  const { saved } = resource;
  if (saved === undefined) return () => undefined;
  await run("delete", provider.delete?.(resource.id, saved.outputs));
  return () => (resource.saved = undefined);
};
