// SPDX-License-Identifier: Apache-2.0
// What a fault does to a request or a connection once a rule has taken it. Every action says whether the request is carried
// out for real ("applied") first; the answer it then gives is its own.

import { STATUS_CODES } from "node:http";
import type { Answer } from "./answer";
import { json } from "./answer";
import type { TaskScript } from "./task-script";
import * as wire from "./wire-faults";
import type { Line } from "./wire-faults";

/** Whether the request is handled for real before the fault shows. Default false. */
interface MayApply {
  readonly applyThen?: boolean;
}

/** Answers something else. A body that is no string or Buffer is sent as JSON. */
export interface RespondAction extends MayApply {
  readonly kind: "respond";
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: `application/json` for a JSON body, else `text/html`. */
  readonly contentType?: string;
}

/**
 * What is in front of the vCenter (a proxy, a load balancer) answers with its HTML page: the request that the rule takes, and
 * for `forMs` from then on every request, whatever its path. Nothing reaches the vCenter meanwhile, except that `applyThen`
 * lets the first request through.
 */
export interface FrontAction extends MayApply {
  readonly kind: "front";
  readonly status: number;
  readonly forMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends the connection: `reset` with RST, `close` with FIN. Without `applyThen` the body is not even read. */
export interface CloseAction extends MayApply {
  readonly kind: "reset" | "close";
}

/** Faults of a connection before TLS; `blackHole` accepts and never answers, `garbage` sends something that is not TLS. */
export type ConnectionAction = { readonly kind: "blackHole" } | GarbageAction;

/** Bytes that are no HTTP, then the end of the connection. */
export interface GarbageAction extends MayApply {
  readonly kind: "garbage";
  readonly bytes?: Buffer | string;
}

/** Everything that can happen to a request. All but `pass`, `taskScript` and `expireSessions` replace the answer. */
export type RequestAction =
  | RespondAction
  | FrontAction
  | CloseAction
  | GarbageAction
  /** Handles the request as usual; useful with `delayMs`, `onMatch` and `onApplied`. */
  | { readonly kind: "pass" }
  /** Handles the request as usual, and dictates the task that it starts. */
  | { readonly kind: "taskScript"; readonly script: TaskScript }
  /** Ends every session, then handles the request as usual: 401 where one is needed. */
  | { readonly kind: "expireSessions" }
  /** Applies the request and sends the first half of the real answer's body (or of `body`), then ends the connection. */
  | { readonly kind: "cutBody"; readonly framing?: "content-length" | "chunked"; readonly body?: string | Buffer }
  /** Never answers, or (`body`) sends the headers and half of the body and then nothing. */
  | (MayApply & { readonly kind: "stall"; readonly at: "headers" | "body" })
  /** Applies the request and sends the real answer's body (or `body`) `bytes` at a time. */
  | { readonly kind: "drip"; readonly bytes: number; readonly everyMs: number; readonly body?: string | Buffer }
  /** A JSON string of that many bytes, streamed. `declareLength` sends content-length. Default status 200. */
  | (MayApply & {
      readonly kind: "hugeBody";
      readonly bytes: number;
      readonly status?: number;
      readonly declareLength?: boolean;
    })
  | (MayApply & {
      readonly kind: "redirect";
      readonly location: string;
      readonly status?: 301 | 302 | 303 | 307 | 308;
    });

/** What the server does for an action. */
export interface Hands {
  readonly line: Line;
  /** Handles the request for real, with a task script if given. */
  apply(script?: TaskScript): Promise<Answer>;
  /** Sends an ordinary answer. */
  send(answer: Answer): void;
  expireSessions(): void;
  /** Status for the journal, where the answer does not go through {@link send}. */
  note(status: number): void;
}

/** Carries an action out. @returns when the answer is on its way, or there will be none. */
export async function perform(action: RequestAction, hands: Hands): Promise<void> {
  switch (action.kind) {
    case "pass":
      hands.send(await hands.apply());
      return;
    case "taskScript":
      hands.send(await hands.apply(action.script));
      return;
    case "expireSessions":
      hands.expireSessions();
      hands.send(await hands.apply());
      return;
    case "cutBody":
    case "drip": {
      const real = await hands.apply();
      const answer = action.body === undefined ? real : { ...real, body: Buffer.from(action.body) };
      hands.note(answer.status);
      if (action.kind === "drip") wire.drip(hands.line, answer, action.bytes, action.everyMs);
      else wire.cutBody(hands.line, answer, action.framing ?? "content-length");
      return;
    }
    case "respond":
    case "redirect":
      if (action.applyThen === true) await hands.apply();
      hands.send(action.kind === "respond" ? toAnswer(action) : toRedirect(action.location, action.status));
      return;
    case "front":
      if (action.applyThen === true) await hands.apply();
      hands.send(toFrontPage(action));
      return;
    case "stall": {
      const real = action.applyThen === true ? await hands.apply() : json(200, "x".repeat(64));
      if (action.at === "headers") return;
      hands.note(real.status);
      wire.stallBody(hands.line, real);
      return;
    }
    case "hugeBody": {
      const real = action.applyThen === true ? await hands.apply() : undefined;
      const status = action.status ?? real?.status ?? 200;
      hands.note(status);
      wire.hugeBody(hands.line, status, action.bytes, action.declareLength === true);
      return;
    }
    case "reset":
    case "close":
    case "garbage":
      if (action.applyThen === true) await hands.apply();
      if (action.kind === "garbage") wire.garbage(hands.line, action.bytes);
      else if (action.kind === "reset") wire.reset(hands.line);
      else wire.close(hands.line);
      return;
  }
}

/** True when the fault happens before the request's body is read. */
export function leavesBodyUnread(action: RequestAction): boolean {
  return (action.kind === "reset" || action.kind === "close") && action.applyThen !== true;
}

function toAnswer(action: RespondAction): Answer {
  const { status, headers = {}, body } = action;
  if (body === undefined) return { status, headers: { ...headers } };
  const plain = typeof body === "string" || Buffer.isBuffer(body);
  const type = action.contentType ?? (plain ? "text/html" : "application/json");
  const bytes = plain ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return { status, headers: { "Content-Type": type, ...headers }, body: bytes };
}

/** The page that nginx sends; not written by vCenter, as its content-type tells. */
function toFrontPage({ status, headers }: FrontAction): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? "Error"}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { "Content-Type": "text/html", ...headers }, body: Buffer.from(body) };
}

function toRedirect(location: string, status = 302): Answer {
  return { status, headers: { Location: location }, body: Buffer.alloc(0) };
}
