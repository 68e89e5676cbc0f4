// SPDX-License-Identifier: Apache-2.0
// The end of the process. The engine ends every provider with SIGINT, so this must be quick: waits end, sessions are
// logged out, then the signal ends the process. No handler is installed while there is nothing to log out.

import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { CodedError } from "../core/coded-error";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Operations get this long to report that they were ended, milliseconds. */
const REPORT_MS = 300;
/** What they report leaves the process in this time, milliseconds. */
const LEAVE_MS = 20;
/** All of it takes this long at most, milliseconds. A server that hangs must not keep the process. */
const TOTAL_MS = 1_900;

/** Whose process it is. @internal */
export interface ShutdownOptions {
  /** How operations end then. */
  readonly stopped: (name: NodeJS.Signals) => CodedError;
  /** True: the signal always ends the process. False: unless somebody else in it handles the signal, too. */
  readonly endsProcess: boolean;
}

/** The engine has nobody else who ends it; what other providers in it listen for may wait for us. */
const OF_ENGINE: ShutdownOptions = { stopped: providerStopped, endsProcess: true };

/** Ends operations and sessions when the process is told to stop. @internal */
export class Shutdown {
  readonly endsProcess: boolean;
  readonly #controller = new AbortController();
  readonly #close: () => Promise<unknown>;
  readonly #stopped: (name: NodeJS.Signals) => CodedError;
  #running = 0;

  /** `close` logs out and closes the sockets; called once. Default: the provider process. */
  constructor(close: () => Promise<unknown>, { stopped, endsProcess }: ShutdownOptions = OF_ENGINE) {
    this.endsProcess = endsProcess;
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
    if (busy) watching.add(this);
    else watching.delete(this);
    handle(watching.size > 0 || isEnding);
  }

  /** Ends the operations, and closes what they leave. Never throws. */
  async stop(name: NodeJS.Signals): Promise<void> {
    this.#controller.abort(this.#stopped(name));
    const giveUpMs = performance.now() + REPORT_MS;
    while (this.#running > 0 && performance.now() < giveUpMs) await pause(5);
    await Promise.all([this.#close().catch(() => undefined), pause(LEAVE_MS)]);
  }
}

/** All of this process, since Node would warn of a leak at the eleventh handler. */
const watching = new Set<Shutdown>();
let isHandling = false;
let isEnding = false;

function handle(signals: boolean): void {
  if (signals === isHandling) return;
  isHandling = signals;
  for (const name of SIGNALS) {
    if (signals) process.on(name, onSignal);
    else process.removeListener(name, onSignal);
  }
}

function onSignal(name: NodeJS.Signals): void {
  if (isEnding) return;
  isEnding = true;
  const mustEnd = [...watching].some(({ endsProcess }) => endsProcess);
  const timer = setTimeout(end, TOTAL_MS);
  void stopAll(name).then(end);

  function end(): void {
    if (!isEnding) return;
    isEnding = false;
    clearTimeout(timer);
    handle(false);
    // A program that handles the signal itself has heard of it already, and may take a second one for impatience.
    if (mustEnd || process.listenerCount(name) === 0) process.kill(process.pid, name);
  }
}

/** Also what a program begins when its first reads were ended. */
async function stopAll(name: NodeJS.Signals): Promise<void> {
  for (;;) {
    const left = [...watching].filter(({ signal }) => !signal.aborted);
    if (left.length === 0) return;
    await Promise.all(left.map((each) => each.stop(name)));
  }
}

function providerStopped(name: NodeJS.Signals): CodedError {
  return new CodedError("ERR_ABORTED", `the provider process was told to stop (${name})`, {
    remedy: "run `pulumi up --refresh`",
  });
}
