// SPDX-License-Identifier: Apache-2.0
// What vCenter's error answers mean: decoded from any of the bodies that reach a client, and turned into one error that
// names method, path, status, error_type and vSphere's own messages. retry-table says what may be repeated.

import { CodedError } from "../../core/coded-error";
import type { CodedErrorOptions, ErrorCode, ErrorExtension } from "../../core/coded-error";
import { visible } from "../../core/visible";
import { decodeMessages, formatMessages, isRecord } from "./messages";
import type { Message } from "./messages";

/** How far a request got that failed. @internal */
export type RequestFate =
  /** Nothing of it left this machine. */
  | "not-sent"
  /** It may have been carried out. */
  | "maybe-sent"
  /** The server answered it. */
  | "answered";

/** What a vAPI error body holds, as far as it is understood. @internal */
export interface ApiFault {
  /** One of the 25 names of com.vmware.vapi.std.errors.Error.Type, or a newer one; undefined if it was not sent. */
  readonly errorType: string | undefined;
  readonly messages: readonly Message[];
  /** `data.is_transient` of a TransientIndication: overrides every table. */
  readonly isTransient: boolean | undefined;
  /** `data` of an ArgumentLocations or FileLocations: which inputs or files caused the error. */
  readonly argumentNames: readonly string[];
  /** False if the body is no vAPI error at all: a proxy's HTML page, an empty body. */
  readonly understood: boolean;
}

/** The facts of a request that failed. @internal */
export interface RequestFacts {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly fate: RequestFate;
  readonly httpStatus?: number;
  readonly fault?: ApiFault;
  readonly retryAfterMs?: number | undefined;
  /** True: it has had its repeats, and whoever sent it need not repeat it once more. Default false. */
  readonly repeatsUsedUp?: boolean;
  /** `code` of the Node error below, e.g. ECONNREFUSED. */
  readonly syscallCode?: string | undefined;
}

const CHECK_WHO_ANSWERS = "check that server is vCenter itself, and not a portal or proxy that changes its answers";

/** A request that did not do what it was sent for. @internal */
export class RequestError extends CodedError {
  readonly request: RequestFacts;

  constructor(code: ErrorCode, message: string, request: RequestFacts, options: CodedErrorOptions = {}) {
    const { httpStatus, fault } = request;
    super(code, message, {
      ...options,
      remedy: options.remedy ?? (code === "ERR_RESPONSE_INVALID" ? CHECK_WHO_ANSWERS : undefined),
      details: {
        method: request.method,
        path: request.path,
        ...(httpStatus === undefined ? {} : { httpStatus }),
        ...(fault?.errorType === undefined ? {} : { errorType: fault.errorType }),
        ...(fault === undefined ? {} : { messages: fault.messages }),
        ...options.details,
      },
    });
    this.request = request;
  }

  override extended(extension: ErrorExtension & Pick<RequestFacts, "repeatsUsedUp">): RequestError {
    const { code = this.code, message, options } = this.merged(extension);
    const { repeatsUsedUp } = extension;
    return new RequestError(
      code,
      message,
      repeatsUsedUp === undefined ? this.request : { ...this.request, repeatsUsedUp },
      options,
    );
  }
}

/**
 * Decodes the body of an error answer, or the `error` of a task: the `/api` form, the old `/rest` form (`type`,
 * `value.messages`) and both forms of the router. Never throws.
 *
 * @internal
 */
export function decodeFault(body: unknown): ApiFault {
  if (typeof body === "string" && body !== "") {
    // The 8.0.2 description types a task's `error` as a string. (documented)
    return { ...NOTHING_UNDERSTOOD, messages: [{ id: "", text: visible(body) }], understood: true };
  }
  if (!isRecord(body)) return NOTHING_UNDERSTOOD;
  const inner = isRecord(body["value"]) ? body["value"] : body;
  const errorType = inner["error_type"] ?? body["error_type"] ?? errorTypeOfRest(body["type"]);
  const messages = decodeMessages(inner["messages"] ?? body["localizableMessages"] ?? []);
  const data = isRecord(inner["data"]) ? inner["data"] : {};
  const isTransient = data["is_transient"];
  return {
    errorType: typeof errorType === "string" && errorType !== "" ? visible(errorType, 64) : undefined,
    messages,
    isTransient: typeof isTransient === "boolean" ? isTransient : undefined,
    argumentNames: argumentNames(data),
    understood: typeof errorType === "string" || Array.isArray(inner["messages"]) || messages.length > 0,
  };
}

const NOTHING_UNDERSTOOD: ApiFault = {
  errorType: undefined,
  messages: [],
  isTransient: undefined,
  argumentNames: [],
  understood: false,
};

/** Of vSphere's router, and of its runtimes, e.g. `vapi.method.input.invalid.interface`. */
const NO_SUCH_OPERATION =
  /^com\.vmware\.vapi\.rest\.httpNotFound$|operationsForUrlNotFound$|^vapi\.method\.input\.invalid\./;

/**
 * Whether vCenter has no such operation: too old, 9.x, or no Trust Authority vCenter. The router says "not found" for a
 * URL that it does not know, the runtime for a service that does not run.
 *
 * @internal
 */
export function saysEndpointAbsent(fault: ApiFault): boolean {
  return fault.errorType === "OPERATION_NOT_FOUND" || fault.messages.some(({ id }) => NO_SUCH_OPERATION.test(id));
}

/**
 * A fault as text, e.g. `vCenter says "Invalid certificate" (PATCH /api/…, HTTP 400, INVALID_ARGUMENT, message id …)`.
 * `facts` come first within the parentheses.
 *
 * @internal
 */
export function describeFault(fault: ApiFault, facts: readonly string[]): string {
  const said = formatMessages(fault.messages);
  const firstId = fault.messages.find(({ id }) => id !== "")?.id;
  const inParentheses = [
    ...facts,
    ...(fault.errorType === undefined ? [] : [fault.errorType]),
    ...(firstId === undefined ? [] : [`message id ${firstId}`]),
    ...(fault.argumentNames.length === 0
      ? []
      : [`${namesFiles(fault) ? "file" : "argument"} ${fault.argumentNames.join(", ")}`]),
  ].join(", ");
  return `${said === "" ? "vCenter gave no reason" : `vCenter says "${said}"`} (${inParentheses})`;
}

/** FileLocations has the members of ArgumentLocations; no argument has a slash in its name. */
function namesFiles({ argumentNames }: ApiFault): boolean {
  return argumentNames.some((name) => name.includes("/"));
}

function errorTypeOfRest(type: unknown): string | undefined {
  const name = typeof type === "string" ? /^com\.vmware\.vapi\.std\.errors\.([a-z_]+)$/.exec(type)?.[1] : undefined;
  return name?.toUpperCase();
}

function argumentNames(data: Readonly<Record<string, unknown>>): readonly string[] {
  const secondary: readonly unknown[] = Array.isArray(data["secondary"]) ? data["secondary"] : [];
  return [data["primary"], ...secondary]
    .filter((name): name is string => typeof name === "string" && name !== "")
    .slice(0, 10)
    .map((name) => visible(name, 100));
}
