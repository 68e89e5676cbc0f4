// SPDX-License-Identifier: Apache-2.0
// What one provider process shares among all its resources: the connection, who claimed which target, who wrote where,
// where notices go. The engine starts one process per provider instance and operation.

import type { Config } from "@pulumi/pulumi/dynamic";
import { systemClock } from "../core/clock";
import type { Clock } from "../core/clock";
import { CodedError } from "../core/coded-error";
import { KeyedMutex } from "../core/mutex";
import { Redactor } from "../core/redact";
import type { Target } from "../vsphere/kms/client-certificate-api";
import type { VCenterConnection } from "../vsphere/connection";
import { readBoundedFile } from "./bounded-file";
import { Notices } from "./notices";
import type { Display } from "./display";
import { CONFIG_NAMESPACE, missing, resolveWhere, resolveWho } from "./settings";
import type { Where } from "./settings";
import { Shutdown } from "./shutdown";

/** What can be replaced in tests. @internal */
export interface ProcessOptions {
  readonly display: Display;
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Makes the connection to the vCenter that the settings name. */
  readonly connect: (process: ProviderProcess) => Promise<VCenterConnection>;
}

/** The state of one provider process. @internal */
export class ProviderProcess {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly display: Display;
  readonly notices: Notices;
  readonly shutdown: Shutdown;
  /** One operation at a time per target. */
  readonly turns: KeyedMutex = new KeyedMutex();
  readonly #connect: (process: ProviderProcess) => Promise<VCenterConnection>;
  readonly #claims = new Map<string, string>();
  readonly #takenOver = new Set<string>();
  #config: Config | undefined;
  #where: ReturnType<typeof resolveWhere> | undefined;
  #connection: Promise<VCenterConnection> | undefined;
  /** The connection, once it is there. */
  #open: VCenterConnection | undefined;
  #password: string | undefined;

  constructor(options: ProcessOptions) {
    this.clock = options.clock ?? systemClock;
    this.environment = options.environment ?? process.env;
    this.display = options.display;
    this.notices = new Notices(options.display);
    this.#connect = options.connect;
    this.shutdown = new Shutdown(async () => {
      await (await this.#connection)?.close();
    });
  }

  /** Stores the engine's config. Synchronous, since the host lets other calls in before `configure` has ended. */
  configure(config: Config): void {
    this.#config = config;
    this.#where = undefined;
    this.#connection = undefined;
  }

  /** Reads a config key of our namespace. */
  config(key: string): string | undefined {
    const value: unknown = this.#config?.get(`${CONFIG_NAMESPACE}:${key}`);
    return typeof value === "string" ? value : undefined;
  }

  /** Where to go, or the problems of the settings; resolved once. */
  where(): ReturnType<typeof resolveWhere> {
    this.#where ??= resolveWhere((key) => this.config(key), this.environment);
    return this.#where;
  }

  /**
   * Where to go.
   *
   * @throws CodedError the first problem of the settings
   */
  requireWhere(): Where {
    const resolved = this.where();
    if ("where" in resolved) return resolved.where;
    throw resolved.problems[0] ?? new CodedError("ERR_CONFIG_MISSING", "no server is set");
  }

  /** Canonical address of the configured server; undefined where there is none that can be used. */
  server(): string | undefined {
    const resolved = this.where();
    return "where" in resolved ? resolved.where.address.authority : undefined;
  }

  /**
   * User and password, read anew at each login.
   *
   * @throws CodedError `ERR_CONFIG_MISSING`, `ERR_CONFIG_INVALID`
   */
  async credentials(): Promise<{ user: string; password: string }> {
    const who = resolveWho((key) => this.config(key), this.environment);
    if (who.user === undefined) throw missing("user", "USER");
    if (who.password === undefined) throw missing("password", "PASSWORD");
    const password =
      "text" in who.password
        ? who.password.text
        : (await readBoundedFile(who.password.file, "password file", "ERR_CONFIG_INVALID")).replace(/\r?\n$/, "");
    if (password === "") throw missing("password", "PASSWORD");
    this.#password = password;
    return { user: who.user, password };
  }

  /** The connection to the configured vCenter, made once. @throws CodedError of the settings */
  connection(): Promise<VCenterConnection> {
    this.#connection ??= this.#connect(this).then(
      (connection) => (this.#open = connection),
      (error: unknown) => {
        this.#connection = undefined;
        throw error;
      },
    );
    return this.#connection;
  }

  /** The password and the session tokens of this process as they are now, and what they take out of texts. */
  redactor(): Redactor {
    const redactor = new Redactor();
    const user = resolveUser(this);
    if (this.#password !== undefined) redactor.addText(this.#password, user);
    for (const token of this.#open?.secrets() ?? []) redactor.addText(token);
    return redactor;
  }

  /**
   * Claims a target for a resource of the program.
   *
   * @param target - cluster and key provider
   * @param urn - the claiming resource; without one nothing is claimed
   * @returns the URN of another resource that has claimed it before, or undefined
   */
  claim(target: Target, urn: string | undefined): string | undefined {
    if (urn === undefined) return undefined;
    const key = this.targetKey(target);
    const owner = this.#claims.get(key);
    if (owner === undefined) this.#claims.set(key, urn);
    return owner === urn ? undefined : owner;
  }

  /** Remembers that a resource of this run has a target: its PATCH is about to be sent, or its certificate was found there. */
  tookOver(target: Target): void {
    this.#takenOver.add(this.targetKey(target));
  }

  /**
   * Whether a certificate is no longer that of a resource which is being deleted: another has taken its target over in
   * this run (the successor comes first), or the program gives the target to another resource.
   *
   * @param target - cluster and key provider
   * @param urn - the resource that is being deleted
   */
  isHeldByAnother(target: Target, urn: string | undefined): boolean {
    const key = this.targetKey(target);
    const owner = this.#claims.get(key);
    return this.#takenOver.has(key) || (owner !== undefined && urn !== undefined && owner !== urn);
  }

  /** One text per target. */
  targetKey({ cluster, keyProvider }: Target): string {
    return JSON.stringify([this.server() ?? "", cluster, keyProvider]);
  }
}

function resolveUser(process: ProviderProcess): string | undefined {
  try {
    return resolveWho((key) => process.config(key), process.environment).user;
  } catch {
    return undefined;
  }
}
