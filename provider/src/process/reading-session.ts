// SPDX-License-Identifier: Apache-2.0
// Reading from one vCenter outside a provider process: in a program, and on the command line. One login for all reads that
// overlap, logged out by `close`.

import { systemClock } from "../core/clock";
import { CodedError, isCodedError } from "../core/coded-error";
import { withDeadline } from "../core/deadline";
import type { Reading } from "../kms/operation";
import { openConnection } from "./connection";
import { describeFailure, ResourceError } from "./failure";
import type { Attempted, Failure } from "./failure";
import type { ConfigReader } from "./setting-values";
import { Shutdown } from "./shutdown";
import { VCenterAccess } from "./vcenter-access";

/** One read, or several in a row, takes this long at most, milliseconds. */
const TIMEOUT_MS = 120_000;
/** After this time a person wonders whether it still runs, milliseconds. */
const SLOW_MS = 5_000;

/** What a session is made from. @internal */
export interface ReadingOptions {
  readonly config: ConfigReader;
  readonly environment: NodeJS.ProcessEnv;
  /** What the user runs, e.g. `pulumi preview`: remedies name it. */
  readonly command: string;
  /** Says errors in the words of whoever reads them. Default: as they are. */
  readonly explain?: (error: unknown) => unknown;
  /** Told once, of the first read that takes longer than 5 s. */
  readonly onSlow?: (text: string) => void;
}

/** A read that failed, with the parts of its text. @internal */
export class ReadingError extends ResourceError {
  readonly failure: Failure;

  constructor({ message, ...failure }: Failure & { readonly message: string }) {
    super(failure.code, message);
    this.failure = failure;
  }
}

/** Reads that share one login. No signal handler is left while nothing is logged in. @internal */
export class ReadingSession {
  readonly access: VCenterAccess;
  readonly #command: string;
  readonly #explain: (error: unknown) => unknown;
  readonly #shutdown: Shutdown;
  #onSlow: ReadingOptions["onSlow"];

  constructor({ config, environment, command, explain = (error) => error, onSlow }: ReadingOptions) {
    this.#command = command;
    this.#explain = explain;
    this.#onSlow = onSlow;
    this.#shutdown = new Shutdown(() => this.access.close(), {
      stopped: (name) =>
        new CodedError("ERR_ABORTED", `this process was told to stop (${name})`, { remedy: "run it again" }),
      endsProcess: false,
    });
    this.access = new VCenterAccess({
      config,
      environment,
      clock: systemClock,
      connect: openConnection,
      onBusy: (busy) => {
        this.#shutdown.watch(busy);
      },
    });
  }

  /** Runs reads. @throws ReadingError whose text is complete and free of secrets */
  async read<T>(attempted: Pick<Attempted, "what" | "target">, work: (reading: Reading) => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#onSlow?.(`${attempted.what} takes long; it ends after ${TIMEOUT_MS / 1000} s at the latest`);
      this.#onSlow = undefined;
    }, SLOW_MS);
    try {
      return await this.#shutdown.during(() =>
        withDeadline({ clock: systemClock, timeoutMs: TIMEOUT_MS, parent: this.#shutdown.signal }, async (deadline) => {
          const connection = await this.access.connection();
          const repeatsSecret = (text: string): boolean => this.redact(text) !== text;
          return connection.use(() => work({ connection, deadline, repeatsSecret }));
        }),
      );
    } catch (error) {
      const whole = { ...attempted, command: this.#command, server: this.access.server() };
      throw new ReadingError(
        describeFailure(whole, this.#explain(withoutTimeoutSeconds(error)), (text) => this.redact(text)),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes password and session tokens out of a text. */
  redact(text: string): string {
    return this.access.redactor().redact(text);
  }

  /** Logs out and closes the sockets; takes 3 s at most. Never throws. */
  async close(): Promise<void> {
    await this.access.close().catch(() => undefined);
  }
}

/** A read outside a resource has no `timeoutSeconds` that could be raised. */
function withoutTimeoutSeconds(error: unknown): unknown {
  if (!isCodedError(error, "ERR_OPERATION_TIMEOUT", "ERR_TASK_TIMEOUT")) return error;
  return error.extended({ remedy: "check the load of vCenter, and run it again" });
}
