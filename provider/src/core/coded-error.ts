// SPDX-License-Identifier: Apache-2.0
// The one error class of the package: a stable string code, the facts, and the next step. Each floor above makes its own
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
  "ERR_ALREADY_PRESENT",
  "ERR_SERVER_CHANGED",
  "ERR_OPERATION_TIMEOUT",
  "ERR_ABORTED",
  "ERR_INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface CodedErrorOptions {
  /** The error that this one explains; only its code is ever shown, never its stack. */
  readonly cause?: unknown;
  /** Facts for code that catches the error: `httpStatus`, `errorType`, `taskId` … Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the reader should do next: one sentence without a full stop at its end. */
  readonly remedy?: string;
}

/** `message` says what happened, with the facts in parentheses; `remedy` says what to do next. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CodedError";
    this.code = code;
    this.details = options.details ?? {};
    this.remedy = options.remedy;
  }
}

/** Whether `error` is a {@link CodedError}, with one of the codes if any are given. */
export function isCodedError(error: unknown, ...codes: ErrorCode[]): error is CodedError {
  return error instanceof CodedError && (codes.length === 0 || codes.includes(error.code));
}
