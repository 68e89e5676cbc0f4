// SPDX-License-Identifier: Apache-2.0
// Everything this process shares about one vCenter: sockets, session, retry budget. Operations borrow it with `use`.

import type { Clock } from "../core/clock";
import { RetryBudget } from "../core/retry";
import type { ServerAddress } from "./http/address";
import { VsphereApi } from "./api";
import { HttpClient } from "./http/http-client";
import type { Transport } from "./http/http-client";
import type { Credentials } from "./session/login";
import { Session } from "./session/session";
import { StartedTasks } from "./tasks/started-tasks";
import { TaskBoard } from "./tasks/task-board";
import type { TlsTrust } from "./http/tls";

/** What a connection is made from. @internal */
export interface ConnectionOptions {
  readonly address: ServerAddress;
  readonly trust: TlsTrust;
  readonly credentials: (signal: AbortSignal) => Promise<Credentials>;
  readonly clock: Clock;
  /** What carries the requests; default HTTPS. */
  readonly transport?: Transport;
  /** Called when a session was opened, and again when all are closed: for what must run before the process ends. */
  readonly onBusy?: (busy: boolean) => void;
}

/** One vCenter, as one process sees it. @internal */
export class VCenterConnection {
  readonly address: ServerAddress;
  readonly api: VsphereApi;
  readonly budget: RetryBudget = new RetryBudget();
  /** Waits for tasks; shares its requests among them. */
  readonly tasks: TaskBoard;
  readonly startedTasks: StartedTasks = new StartedTasks();
  readonly #session: Session;
  readonly #onBusy: (busy: boolean) => void;

  constructor(options: ConnectionOptions) {
    this.address = options.address;
    this.#onBusy = options.onBusy ?? ((): void => undefined);
    const http = options.transport ?? new HttpClient(options.address, options.trust);
    this.#session = new Session({
      http,
      credentials: options.credentials,
      budget: this.budget,
      clock: options.clock,
      onIdle: () => {
        this.#onBusy(false);
      },
    });
    this.api = new VsphereApi(http, this.#session, this.budget);
    this.tasks = new TaskBoard(this.api, options.clock);
  }

  /** Runs an operation within the shared session, which stays open at least until it has ended. */
  async use<T>(operation: (connection: this) => Promise<T>): Promise<T> {
    this.#onBusy(true);
    this.#session.acquire();
    try {
      return await operation(this);
    } finally {
      this.#session.release();
    }
  }

  /** Session tokens in use, for redaction. */
  secrets(): readonly string[] {
    return this.#session.secrets();
  }

  /** Logs out and closes all sockets. Never throws, and takes 3 s at most. */
  close(): Promise<void> {
    return this.#session.close();
  }
}
