// SPDX-License-Identifier: Apache-2.0
// The frame of everything that talks to vCenter: its time, its turn, its session, what is shown while it waits, and the
// text of its failure.

import { abortable, withDeadline } from "../core/deadline";
import type { Redactor } from "../core/redact";
import type { Operation } from "../kms/operation";
import { Unfinished } from "../kms/unfinished";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import { describeFailure, ResourceError } from "./failure";
import type { Attempted } from "./failure";
import { NotFinishedError } from "./not-finished";
import type { SavedResource } from "./not-finished";
import { paced, statusWriter } from "./progress";
import type { ProviderProcess } from "./provider-process";

/** Default of `timeoutSeconds`. @internal */
export const DEFAULT_TIMEOUT_SECONDS = 300;

/** What is done, on what, and how it is reported. @internal */
export interface OperationRequest {
  /** E.g. `Replacing the client certificate`. */
  readonly what: string;
  /** The command that is running, as far as the method tells: remedies name it. */
  readonly command: "pulumi up" | "pulumi refresh" | "pulumi preview" | "pulumi destroy";
  readonly target: KeyProvider;
  /** The resource, for display; undefined if the engine does not say. */
  readonly urn: string | undefined;
  /** Bound of all of it, seconds; default 300. */
  readonly timeoutSeconds: number | undefined;
  /** Knows the private keys of this operation, as they become known; takes them out of every text. */
  readonly keys: Redactor;
  /** What to save if the outcome stays unknown; undefined: such an end is a plain failure. */
  readonly toSave?: (unfinished: Unfinished<unknown>) => SavedResource;
}

/**
 * Runs an operation on one key provider.
 *
 * @throws {@link NotFinishedError} if the outcome is unknown and can be saved; {@link ResourceError} otherwise
 * @internal
 */
export async function runOperation<T>(
  providerProcess: ProviderProcess,
  request: OperationRequest,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  const { clock, shutdown, turns } = providerProcess;
  const timeoutMs = (request.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  const targetKey = providerProcess.targetKey(request.target);
  try {
    return await withDeadline({ clock, timeoutMs, parent: shutdown.signal }, (deadline) =>
      turns.run(targetKey, deadline.signal, async () => {
        // It reads the CA file.
        const connection = await abortable(providerProcess.access.connection(), deadline.signal);
        const parts = { connection, target: request.target, deadline, ...shown(providerProcess, request) };
        // The engine shows the last text beside whatever it does with the resource next.
        return connection
          .use(() => work(parts))
          .finally(() => {
            parts.onStep("");
          });
      }),
    );
  } catch (error) {
    throw toResourceError(providerProcess, request, error);
  }
}

function shown(
  providerProcess: ProviderProcess,
  request: OperationRequest,
): Pick<Operation, "onStep" | "onProgress" | "redact" | "repeatsSecret"> {
  const { urn, target } = request;
  const redact = (text: string): string => withoutSecrets(providerProcess, request, text);
  const onStep = statusWriter(providerProcess.display, urn, redact);
  const showProgress = paced(providerProcess.clock, onStep);
  return {
    onStep,
    onProgress: (info, elapsedMs) => {
      showProgress(info, elapsedMs);
      if (info.status === "BLOCKED")
        providerProcess.notices.print("warning", "the task is BLOCKED; still waiting", { urn, target });
    },
    redact,
    repeatsSecret: (text) => redact(text) !== text,
  };
}

/** What the text of a failure needs to know. */
type FailedRequest = Pick<OperationRequest, "what" | "command" | "keys" | "toSave"> & Pick<Attempted, "target">;

/** Turns whatever was thrown into what the engine gets, free of secrets. @internal */
export function toResourceError(
  providerProcess: ProviderProcess,
  request: FailedRequest,
  error: unknown,
): ResourceError {
  if (error instanceof ResourceError) return error;
  const unfinished = error instanceof Unfinished ? (error as Unfinished<unknown>) : undefined;
  const cause: unknown = unfinished?.error ?? error;
  const { code, message } = describeFailure(
    { ...request, server: providerProcess.access.server() },
    request.command === "pulumi refresh" ? providerProcess.access.withRecordedSettings(cause) : cause,
    (text) => withoutSecrets(providerProcess, request, text),
  );
  if (unfinished === undefined || request.toSave === undefined) return new ResourceError(code, message);
  return new NotFinishedError(code, message, request.toSave(unfinished));
}

/** Password and tokens become known on the way, so they are asked for at each text. */
function withoutSecrets(providerProcess: ProviderProcess, { keys }: FailedRequest, text: string): string {
  return providerProcess.access.redactor().redact(keys.redact(text));
}
