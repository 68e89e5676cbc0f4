// SPDX-License-Identifier: Apache-2.0
// The end of the process. The engine ends every provider with SIGINT, so this must be quick: waits end, sessions are
// logged out, then the signal ends the process. No handler is installed while there is nothing to log out.

import { setMaxListeners } from "node:events";
import { CodedError } from "../core/coded-error";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Operations get this long to report that they were ended, milliseconds. */
const REPORT_MS = 300;
/** What they report leaves the process in this time, milliseconds. */
const LEAVE_MS = 20;
/** All of it takes this long at most, milliseconds. */
const TOTAL_MS = 1_900;

/** Ends operations and sessions when the process is told to stop. @internal */
export class Shutdown {
  readonly #controller = new AbortController();
  readonly #close: () => Promise<void>;
  readonly #stopped: (name: NodeJS.Signals) => CodedError;
  #running = 0;
  #installed = false;

  /** `close` logs out and closes the sockets; called once. `stopped` is how operations end then. */
  constructor(close: () => Promise<void>, stopped: (name: NodeJS.Signals) => CodedError = providerStopped) {
    this.#close = close;
    // Each operation listens: Node would warn of a leak at the eleventh.
    setMaxListeners(0, this.#controller.signal);
    this.#stopped = stopped;
  }

  /** Aborted when the process is told to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Runs an operation that should report its end before the process ends. */
  async during<T>(operation: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await operation();
    } finally {
      this.#running -= 1;
    }
  }

  /** True: handle the signals, because there is something to close. False: leave them to Node. */
  watch(busy: boolean): void {
    if (busy === this.#installed) return;
    this.#installed = busy;
    for (const name of SIGNALS) {
      if (busy) process.on(name, this.#onSignal);
      else process.removeListener(name, this.#onSignal);
    }
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(this.#stopped(name));
    // A server that hangs must not keep the process.
    setTimeout(() => {
      this.#end(name);
    }, TOTAL_MS);
    void this.#finish(name);
  };

  async #finish(name: NodeJS.Signals): Promise<void> {
    const giveUpMs = performance.now() + REPORT_MS;
    while (this.#running > 0 && performance.now() < giveUpMs) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([this.#close().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))]);
    this.#end(name);
  }

  #end(name: NodeJS.Signals): void {
    this.watch(false);
    process.kill(process.pid, name);
  }
}

function providerStopped(name: NodeJS.Signals): CodedError {
  return new CodedError("ERR_ABORTED", `the provider process was told to stop (${name})`, {
    remedy: "run `pulumi up --refresh`",
  });
}
