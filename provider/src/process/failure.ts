// SPDX-License-Identifier: Apache-2.0
// From an error to the one text that the user reads: what was tried, on what, what came back, what to do next.
// Secrets are removed here, since every text passes here.

import { CodedError, RUNNING_COMMAND } from "../core/coded-error";
import type { ErrorCode } from "../core/coded-error";
import type { KeyProvider } from "../vsphere/kms/key-provider";

/**
 * The error the engine gets. Only `message` survives the way to the user, so it holds everything; `code` is a string,
 * since grpc-js takes an integer for the gRPC status.
 *
 * @internal
 */
export class ResourceError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "ResourceError";
    this.code = code;
    // The host prints the stack of what check, diff, read and delete throw; one line is what a person needs.
    this.stack = "";
  }
}

/** What was tried, for the head of the message. @internal */
export interface Attempted {
  /** E.g. `Replacing the client certificate`. */
  readonly what: string;
  /** E.g. `pulumi up`: remedies name it. */
  readonly command: string;
  /** Undefined: the vCenter as a whole, or not known. Without `keyProvider`: a cluster. */
  readonly target?: KeyProvider | Pick<KeyProvider, "cluster"> | undefined;
  /** Canonical address of the vCenter; undefined if it is not known. */
  readonly server: string | undefined;
}

/** A failure in its parts, free of secrets. @internal */
export interface Failure {
  readonly code: ErrorCode;
  /** What was tried, on what, and what came back. */
  readonly what: string;
  /** What to do next: sentences. */
  readonly next: string | undefined;
}

/** Code and text for a failure. The text of a foreign error is not shown, since nobody knows what it quotes. @internal */
export function describeFailure(
  attempted: Attempted,
  error: unknown,
  redact: (text: string) => string,
): Failure & { readonly message: string } {
  const coded = error instanceof CodedError ? error : internalError(error);
  const { code } = coded;
  const on = attempted.server === undefined ? "" : ` on ${attempted.server}`;
  const head = `${attempted.what}${ofTarget(attempted.target)}${on} failed`;
  const what = redact(`${head}: ${sentence(coded.message)}`);
  const remedy =
    coded.remedy === undefined ? undefined : redact(sentence(withCommand(coded.remedy, attempted.command)));
  return {
    code,
    what,
    next: remedy,
    message: [what, ...(remedy === undefined ? [] : [remedy]), `[${code}]`].join(" "),
  };
}

function ofTarget(target: Attempted["target"]): string {
  if (target === undefined) return "";
  return "keyProvider" in target
    ? ` of key provider "${target.keyProvider}" in cluster "${target.cluster}"`
    : ` of cluster "${target.cluster}"`;
}

/** A remedy with the command that is running. @internal */
export function withCommand(remedy: string, command: string): string {
  return remedy.replaceAll(RUNNING_COMMAND, command);
}

function internalError(error: unknown): CodedError {
  const name = error instanceof Error ? error.name : typeof error;
  return new CodedError("ERR_INTERNAL", `an error that this package did not expect (${name.slice(0, 60)})`, {
    cause: error,
    remedy: "please report it with the steps that lead to it; nothing was reported as done",
  });
}

function sentence(text: string): string {
  // Names keep their first letter: vCenter, certificateFile.
  const upper = /^[a-z]+[A-Z]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(upper) ? upper : `${upper}.`;
}
