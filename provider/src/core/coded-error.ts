// SPDX-License-Identifier: Apache-2.0
// The one error class of the package: a stable string code, the facts, and the next step. Each layer above makes its own
// errors; nothing here knows HTTP, tasks or certificates.

/**
 * Every code of an error. Never an integer, which grpc-js would take for the gRPC status. A test keeps ERRORS.md equal to
 * this list.
 */
export const ERROR_CODES = [
  "ERR_CONFIG_MISSING",
  "ERR_CONFIG_INVALID",
  "ERR_INPUT_INVALID",
  "ERR_PEM_INVALID",
  "ERR_CERTIFICATE_PARSE",
  "ERR_CERTIFICATE_INVALID",
  "ERR_CERTIFICATE_FILE",
  "ERR_KEY_FILE",
  "ERR_CONNECT",
  "ERR_TLS",
  "ERR_REQUEST_TIMEOUT",
  "ERR_AUTHENTICATION",
  "ERR_AUTHORIZATION",
  "ERR_SESSION_LIMIT",
  "ERR_KEY_PROVIDER_NOT_FOUND",
  "ERR_ENDPOINT_ABSENT",
  "ERR_API",
  "ERR_RESPONSE_INVALID",
  "ERR_TASK_FAILED",
  "ERR_TASK_TIMEOUT",
  "ERR_TASK_NOT_FOUND",
  "ERR_TASK_STATUS_UNKNOWN",
  "ERR_OUTCOME_UNKNOWN",
  "ERR_READBACK_MISMATCH",
  "ERR_KEY_SERVER_HEALTH",
  "ERR_ALREADY_PRESENT",
  "ERR_SERVER_CHANGED",
  "ERR_OPERATION_TIMEOUT",
  "ERR_ABORTED",
  "ERR_INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts for code that catches an error. Never a secret. @internal */
export interface ErrorDetails {
  readonly actual?: string;
  readonly block?: string;
  readonly elapsedMs?: number;
  readonly errorType?: string | undefined;
  readonly expected?: string;
  readonly host?: string;
  readonly httpStatus?: number;
  readonly key?: string;
  readonly keyType?: string;
  readonly lastStatus?: string;
  readonly messages?: readonly { readonly id: string; readonly text: string }[];
  readonly method?: string;
  readonly missing?: boolean;
  /** How often each status was seen. */
  readonly observed?: Readonly<Record<string, number>>;
  readonly passphrase?: string;
  readonly path?: string;
  readonly privilege?: string;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly server?: string;
  readonly severalKeys?: boolean;
  readonly stateServer?: string;
  readonly status?: string;
  readonly syscallCode?: string | undefined;
  readonly taskId?: string | undefined;
  readonly timeoutMs?: number;
  readonly violations?: readonly string[];
}

/** What a {@link CodedError} can carry besides code and message. @internal */
export interface CodedErrorOptions {
  /** The error that this one explains; only its code is ever shown, never its stack. */
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
  /** What the reader should do next: one sentence, without a full stop at its end. */
  readonly remedy?: string | undefined;
  /** How often it was tried; undefined: once, or not counted. */
  readonly attempts?: number | undefined;
}

/** What {@link CodedError.extended} changes; the rest stays. @internal */
export interface ErrorExtension extends CodedErrorOptions {
  readonly code?: ErrorCode;
  /** In place of the message. */
  readonly message?: string;
  /** Put before the message. */
  readonly prefix?: string;
  /** Put behind the message. */
  readonly suffix?: string;
}

/**
 * Stands in a remedy for the command that is running (`pulumi up`, `pulumi refresh`). It is filled in when the text
 * for the user is made, since the code here does not know the command.
 *
 * @internal
 */
export const RUNNING_COMMAND = "{running command}";

/**
 * An error whose `message` says what happened with the facts in parentheses, and whose `remedy` says what to do next.
 *
 * @internal
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly remedy: string | undefined;
  readonly attempts: number | undefined;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CodedError";
    this.code = code;
    this.details = options.details ?? {};
    this.remedy = options.remedy;
    this.attempts = options.attempts;
  }

  /** A copy that says more. Its cause is this error unless another one is given. */
  extended(extension: ErrorExtension): CodedError {
    const { code = this.code, message, options } = this.merged(extension);
    return new CodedError(code, message, options);
  }

  /** The parts of an extended copy, for subclasses. */
  protected merged(extension: ErrorExtension): { code?: ErrorCode; message: string; options: CodedErrorOptions } {
    const { code, message = this.message, prefix = "", suffix = "", cause = this, details } = extension;
    const { remedy = this.remedy, attempts = this.attempts } = extension;
    const options = { cause, details: { ...this.details, ...details }, remedy, attempts };
    return { ...(code === undefined ? {} : { code }), message: prefix + message + suffix, options };
  }
}

/** Tells whether `error` is one of ours, optionally with one of the given codes. @internal */
export function isCodedError(error: unknown, ...codes: ErrorCode[]): error is CodedError {
  return error instanceof CodedError && (codes.length === 0 || codes.includes(error.code));
}
