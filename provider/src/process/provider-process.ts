// SPDX-License-Identifier: Apache-2.0
// What one provider process shares among all its resources, of whatever type: one session, one lock for each key provider,
// one retry budget, one table of claims. The engine starts one process for each provider instance and operation.

import type { Config } from "@pulumi/pulumi/dynamic";
import { systemClock } from "../core/clock";
import type { Clock } from "../core/clock";
import { KeyedMutex } from "../core/mutex";
import type { VCenterConnection } from "../vsphere/connection";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import { Claims } from "./claims";
import { openConnection } from "./connection";
import type { Display } from "./display";
import { Notices } from "./notices";
import { CONFIG_KEYS, CONFIG_NAMESPACE } from "./setting-values";
import { Shutdown } from "./shutdown";
import { VCenterAccess } from "./vcenter-access";

/** What a process is made from; everything but the display is replaced in tests only. @internal */
export interface ProcessOptions {
  readonly display: Display;
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  readonly connect?: (access: VCenterAccess) => Promise<VCenterConnection>;
}

/** The state of one provider process. @internal */
export class ProviderProcess {
  readonly clock: Clock;
  readonly display: Display;
  readonly notices: Notices;
  readonly shutdown: Shutdown;
  readonly claims: Claims = new Claims();
  /** One operation at a time for each key provider. */
  readonly turns: KeyedMutex = new KeyedMutex();
  readonly #options: ProcessOptions;
  #config: ReadonlyMap<string, string> = new Map();
  #access: VCenterAccess;
  /** Those with something to log out: also of earlier settings, while their operations run. */
  readonly #busy = new Set<VCenterAccess>();

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.display = options.display;
    this.notices = new Notices(options.display);
    this.shutdown = new Shutdown(() => Promise.all([...this.#busy].map((access) => access.close())));
    this.#access = this.#makeAccess();
  }

  /** The way to the configured vCenter. */
  get access(): VCenterAccess {
    return this.#access;
  }

  /**
   * Stores the engine's config. Synchronous, since the host lets other calls in before `configure` has ended; and called
   * once for each type, so the same config must not drop a session.
   */
  configure(config: Config): void {
    const values = new Map<string, string>();
    for (const key of CONFIG_KEYS) {
      const value: unknown = config.get(`${CONFIG_NAMESPACE}:${key}`);
      if (typeof value === "string") values.set(key, value);
    }
    if (isSame(values, this.#config)) return;
    this.#config = values;
    // Operations that run keep the session of the earlier one, which ends after the last of them.
    this.#access = this.#makeAccess();
  }

  /** One text for each key provider of the configured vCenter. */
  targetKey({ cluster, keyProvider }: KeyProvider): string {
    return JSON.stringify([this.#access.server() ?? "", cluster, keyProvider]);
  }

  #makeAccess(): VCenterAccess {
    const config = this.#config;
    const access = new VCenterAccess({
      config: (key) => config.get(key),
      environment: this.#options.environment ?? process.env,
      clock: this.clock,
      connect: this.#options.connect ?? openConnection,
      onBusy: (busy) => {
        if (busy) this.#busy.add(access);
        else this.#busy.delete(access);
        this.shutdown.watch(this.#busy.size > 0);
      },
    });
    return access;
  }
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
