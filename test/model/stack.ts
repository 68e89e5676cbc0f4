// SPDX-License-Identifier: Apache-2.0
// A stack with its resources before one vCenter: each operation of the engine has a provider process of
// its own, which all of them share.

import { Killed, openModelConnection } from "./model-connection";
import type { ModelVcenter } from "./model-vcenter";
import type { ProviderModules } from "./provider-modules";
import { destroy, refresh, up } from "./resource";
import type { Outcome, Provider, Resource, ResourceKind, Run, Step } from "./resource";
import type { VirtualClock } from "../support/clock/virtual-clock";

/** One stack before one vCenter. */
export class Stack {
  readonly clock: VirtualClock;
  readonly vcenter: ModelVcenter;
  /** In the order in which the engine begins with them. */
  readonly resources: readonly Resource[];
  readonly #modules: ProviderModules;

  constructor(clock: VirtualClock, vcenter: ModelVcenter, resources: readonly Resource[], modules: ProviderModules) {
    this.#modules = modules;
    this.clock = clock;
    this.vcenter = vcenter;
    this.resources = resources;
  }

  /** `pulumi up`; how it ended for each resource. */
  up(): Promise<readonly Outcome[]> {
    return this.#operate(up);
  }

  /** `pulumi refresh`. */
  refresh(): Promise<readonly Outcome[]> {
    return this.#operate(refresh);
  }

  /** `pulumi destroy`. */
  destroy(): Promise<readonly Outcome[]> {
    return this.#operate(destroy);
  }

  /** One step for each resource, all at once, as the engine takes those that need nothing of each other. */
  async #operate(step: Step): Promise<readonly Outcome[]> {
    const { clock, vcenter, resources } = this;
    vcenter.begin();
    const providerProcess = this.#process();
    const outcomes = new Map<Resource, Outcome>();
    const take = async (resource: Resource): Promise<void> => {
      const begins = (method: Outcome["method"]): void => {
        outcomes.set(resource, { method, ended: "killed", message: "", elapsedMs: 0, happened: Infinity });
      };
      begins("none");
      outcomes.set(resource, await this.#take(step, resource, providerProcess.provider(resource.kind), begins));
    };
    try {
      await clock.run(Promise.all(resources.map(take)), providerProcess.killed);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      await clock.buryProcess();
      // Who is dead can't log out: vCenter ends the session when it has been idle for long.
      vcenter.expireSessions();
      return [...outcomes.values()];
    }
    await clock.run(providerProcess.close());
    return [...outcomes.values()];
  }

  async #take(
    step: Step,
    resource: Resource,
    provider: Provider,
    begins: (method: Outcome["method"]) => void,
  ): Promise<Outcome> {
    const { clock, vcenter } = this;
    let method: Outcome["method"] = "none";
    let elapsedMs = 0;
    const run: Run = async (name, call) => {
      if (call === undefined) throw new Error(`no method for ${name}`);
      method = name;
      begins(name);
      const beganMs = clock.nowMs();
      try {
        return await call;
      } finally {
        elapsedMs = Math.max(elapsedMs, clock.nowMs() - beganMs);
      }
    };
    const outcome = (ended: Outcome["ended"], message = ""): Outcome => ({
      ...{ method, ended, message, elapsedMs },
      happened: vcenter.happenings.length,
    });
    try {
      const save = await step(resource, provider, run);
      if (vcenter.diesNow()) throw new Killed();
      save();
      return outcome("ok");
    } catch (error) {
      if (error instanceof Killed || vcenter.diesNow()) throw new Killed();
      const message = error instanceof Error ? error.message : String(error);
      const { id, properties } = error as { id?: string; properties?: Record<string, unknown> };
      if (id === undefined || properties === undefined) return outcome("failed", message);
      resource.saveUnfinished(method, properties);
      return outcome("not finished", message);
    }
  }

  /** A new provider process, as the engine starts one for each operation. */
  #process(): { provider: (kind: ResourceKind) => Provider; killed: Promise<never>; close: () => Promise<void> } {
    const { clock, vcenter } = this;
    const modules = this.#modules;
    const { ProviderProcess, resourceProvider, kmsClientCertificate, selfSigned, signingRequest } = modules;
    let connection: ReturnType<typeof openModelConnection> | undefined;
    const killed = new Promise<never>((_resolve, reject) => {
      vcenter.onKill = () => {
        reject(new Killed());
      };
    });
    killed.catch(() => undefined);
    const providerProcess = new ProviderProcess({
      display: { line: () => undefined, status: () => undefined },
      environment: {
        VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter",
        VSPHERE_TRUST_AUTHORITY_USER: "u",
        VSPHERE_TRUST_AUTHORITY_PASSWORD: "password",
      },
      clock,
      connect: (access) => {
        connection = openModelConnection(access, vcenter, clock, modules);
        return Promise.resolve(connection);
      },
    });
    const providers: Readonly<Record<ResourceKind, () => Provider>> = {
      certificate: () => resourceProvider(providerProcess, kmsClientCertificate),
      "second certificate": () => resourceProvider(providerProcess, kmsClientCertificate),
      "self-signed": () => resourceProvider(providerProcess, selfSigned),
      "signing request": () => resourceProvider(providerProcess, signingRequest),
    };
    return { provider: (kind) => providers[kind](), killed, close: async () => connection?.close() };
  }
}
