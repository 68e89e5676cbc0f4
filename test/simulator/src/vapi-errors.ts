// SPDX-License-Identifier: Apache-2.0
// Refusals in the shapes that reach a client of vCenter: vAPI errors under /api, the old /rest wrapping, and the router's
// two forms of 404. Every refusal of the simulator is made here; when to refuse is decided elsewhere.

import type { Answer } from "./answer";
import { json } from "./answer";

/**
 * HTTP status by error_type, for those that the simulator itself uses.
 * Source: counted over all /api operations of VMware's 7.0.3 and 8.0.2 descriptions (documented).
 */
const STATUS_BY_ERROR_TYPE = {
  INVALID_ARGUMENT: 400,
  NOT_ALLOWED_IN_CURRENT_STATE: 400,
  UNEXPECTED_INPUT: 400,
  UNSUPPORTED: 400,
  UNAUTHENTICATED: 401,
  UNAUTHORIZED: 403,
  NOT_FOUND: 404,
  ERROR: 500,
  RESOURCE_BUSY: 500,
  RESOURCE_INACCESSIBLE: 500,
  SERVICE_UNAVAILABLE: 503,
} as const;

/** An error_type that the simulator may answer by itself. A fault rule can answer any other. */
export type ErrorType = keyof typeof STATUS_BY_ERROR_TYPE;

/** One vAPI LocalizableMessage: arguments are already substituted into `default_message`. */
export interface LocalizableMessage {
  readonly id: string;
  readonly default_message: string;
  readonly args: readonly string[];
}

/** Body of an error under /api, and of the `error` of a FAILED task. */
export interface ErrorBody {
  readonly error_type: string;
  readonly messages: readonly LocalizableMessage[];
  readonly data?: unknown;
  readonly challenge?: string;
}

/** Builds a message; `%s` in the text stands for the arguments, in order. */
export function message(id: string, text: string, args: readonly string[] = []): LocalizableMessage {
  let next = 0;
  return { id, default_message: text.replace(/%s/g, () => args[next++] ?? ""), args };
}

/** A request that the simulated vCenter refuses. */
export class Refusal extends Error {
  /** Error body, as under /api. */
  readonly body: ErrorBody;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Why a correct client would never have sent this; undefined when a correct client may meet this answer. */
  readonly unexpected: string | undefined;
  /** A whole answer that replaces the usual form; used for the router's 404. */
  readonly answer: Answer | undefined;

  constructor(
    errorType: ErrorType,
    messages: readonly LocalizableMessage[],
    more: { data?: unknown; challenge?: string; unexpected?: string | undefined; answer?: Answer } = {},
  ) {
    super(messages[0]?.default_message ?? errorType);
    this.status = STATUS_BY_ERROR_TYPE[errorType];
    this.body = {
      error_type: errorType,
      messages,
      ...(more.data === undefined ? {} : { data: more.data }),
      ...(more.challenge === undefined ? {} : { challenge: more.challenge }),
    };
    this.headers = more.challenge === undefined ? {} : { "WWW-Authenticate": more.challenge };
    this.unexpected = more.unexpected;
    this.answer = more.answer;
  }

  /** @param legacy true wraps the body as the old /rest endpoints do. */
  toAnswer(legacy: boolean): Answer {
    if (this.answer !== undefined) return this.answer;
    const type = `com.vmware.vapi.std.errors.${this.body.error_type.toLowerCase()}`;
    return json(this.status, legacy ? { type, value: this.body } : this.body, this.headers);
  }
}

/** 400 INVALID_ARGUMENT for a request that a correct client never sends; it is counted as unexpected. */
export function malformed(id: string, text: string, args: readonly string[] = []): Refusal {
  const said = message(id, text, args);
  return new Refusal("INVALID_ARGUMENT", [said], { unexpected: said.default_message });
}

/** 401, as an absent or expired session is answered (message id seen in traffic). */
export function unauthenticated(host: string): Refusal {
  return new Refusal(
    "UNAUTHENTICATED",
    [message("com.vmware.vapi.endpoint.method.authentication.required", "Authentication required.")],
    { challenge: `Basic realm="VAPI endpoint",SIGN realm="VAPI endpoint",service="https://${host}/sts"` },
  );
}

/** Which of the two forms of the router's 404 to use; both were seen in traffic. */
export type RouterForm = "old" | "new";

/**
 * The router's 404: this vCenter has no such operation.
 * @param unexpected why a correct client would not have come here; undefined when it cannot know (another vCenter version).
 */
export function routerNotFound(form: RouterForm, unexpected: string | undefined, methodOnly = false): Refusal {
  const id = methodOnly ? "com.vmware.vapi.rest.operationsForUrlNotFound" : "com.vmware.vapi.rest.httpNotFound";
  const said = message(id, "Not found.");
  const old = {
    name: id,
    localizableMessages: [{ defaultMessage: "Not found.", id }],
    majorErrorCode: 404,
  };
  return new Refusal("NOT_FOUND", [said], {
    unexpected,
    answer: json(404, form === "old" ? old : { error_type: "NOT_FOUND", messages: [said] }),
  });
}
