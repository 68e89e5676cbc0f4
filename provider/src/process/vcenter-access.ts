// SPDX-License-Identifier: Apache-2.0
// The way to one vCenter: settings, connection, and the secrets that must not show in any text. It installs no signal
// handler, listens to no stream and prints nothing, so that it also works outside a provider process.

import type { Clock } from "../core/clock";
import { CodedError } from "../core/coded-error";
import { Redactor } from "../core/redact";
import type { VCenterConnection } from "../vsphere/connection";
import type { Credentials } from "../vsphere/session/login";
import { readCredentials } from "./credentials";
import { withRecordedSettings } from "./recorded-settings";
import type { ConfigReader } from "./setting-values";
import { resolveWhere } from "./settings";
import type { Where } from "./settings";

/** What an access is made from. @internal */
export interface AccessOptions {
  /** Stack config, or the inputs of an explicit provider. */
  readonly config: ConfigReader;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Makes the connection to the vCenter that the settings name. */
  readonly connect: (access: VCenterAccess) => Promise<VCenterConnection>;
  /** Called when a session was opened, and again when all are closed. */
  readonly onBusy: (busy: boolean) => void;
}

/** Settings and connection of one vCenter. @internal */
export class VCenterAccess {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly onBusy: (busy: boolean) => void;
  readonly #options: AccessOptions;
  #where: ReturnType<typeof resolveWhere> | undefined;
  #connecting: Promise<VCenterConnection> | undefined;
  #connection: VCenterConnection | undefined;
  /** Knows every password that was read: an answer may quote one that has been rotated since. */
  readonly #redactor = new Redactor();

  constructor(options: AccessOptions) {
    this.#options = options;
    this.environment = options.environment;
    this.clock = options.clock;
    this.onBusy = options.onBusy;
  }

  /** Where to go, or the problems of the settings; resolved once. */
  where(): ReturnType<typeof resolveWhere> {
    this.#where ??= resolveWhere(this.#options.config, this.environment);
    return this.#where;
  }

  /** Where to go. @throws CodedError the first problem of the settings */
  requireWhere(): Where {
    const resolved = this.where();
    if ("where" in resolved) return resolved.where;
    throw resolved.problems[0] ?? new CodedError("ERR_CONFIG_MISSING", "no server is set");
  }

  /** Canonical address of the configured server; undefined if there is none that can be used. */
  server(): string | undefined {
    const resolved = this.where();
    return "where" in resolved ? resolved.where.address.authority : undefined;
  }

  /** User and password, read anew at each login. @throws CodedError `ERR_CONFIG_MISSING`, `ERR_CONFIG_INVALID` */
  async credentials(signal?: AbortSignal): Promise<Credentials> {
    const credentials = await readCredentials(this.#options.config, this.environment, signal);
    this.#redactor.addText(credentials.password, credentials.user);
    return credentials;
  }

  /** The connection, made once. @throws CodedError of the settings */
  connection(): Promise<VCenterConnection> {
    this.#connecting ??= this.#options.connect(this).then(
      (connection) => (this.#connection = connection),
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }

  /** The error of a refresh, which does not see what was changed in the settings since the last `up`. */
  withRecordedSettings(error: unknown): unknown {
    return withRecordedSettings(error, this.#options.config, this.environment);
  }

  /** Takes the passwords and the session tokens that are known by now out of texts. */
  redactor(): Redactor {
    for (const token of this.#connection?.secrets() ?? []) this.#redactor.addText(token);
    return this.#redactor;
  }

  /** Logs out and closes the sockets. */
  async close(): Promise<void> {
    await (await this.#connecting)?.close();
  }
}
