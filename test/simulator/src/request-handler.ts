// SPDX-License-Identifier: Apache-2.0
// One HTTP request from arrival to the end of its answer: journal, route, fault, endpoint, reply. The rules of vSphere are
// in the endpoints, the faults in the fault actions.

import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./answer";
import { json } from "./answer";
import type { Exchange } from "./exchange";
import type { Hands } from "./fault-actions";
import { leavesBodyUnread, perform } from "./fault-actions";
import type { FaultRules } from "./fault-rules";
import type { FrontDoor } from "./front-door";
import type { Journal, JournalEntry } from "./journal";
import { sha256Hex } from "./journal";
import type { Routed } from "./router";
import { route } from "./router";
import type { TaskScript } from "./task-script";
import { Refusal, message } from "./vapi-errors";
import type { VCenter } from "./vcenter";

/** What a request passes on its way. */
export interface Stations {
  readonly vcenter: VCenter;
  readonly journal: Journal;
  readonly faults: FaultRules;
  readonly door: FrontDoor;
  /** Called after every request that was handled for real, before its answer is sent. */
  readonly persist: () => void;
}

/** Serves one request. Never rejects: a defect of the simulator is answered 500 and counted as unexpected. */
export async function serve(stations: Stations, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { vcenter, journal, faults } = stations;
  const method = request.method ?? "";
  const routed = route(method, request.url ?? "/", vcenter.options);
  const line = stations.door.socketOf(request);
  if (line === undefined) {
    request.socket.destroy();
    return;
  }
  const { tcp, number: connection } = line;
  const { operation, path, rawPath, rawQuery: query } = routed;
  const entry = journal.begin({ method, operation, path, rawPath, query, headers: request.headers, connection });
  entry.unexpected = routed.refusal?.unexpected;
  const token = request.headers["vmware-api-session-id"];
  if (typeof token === "string") entry.session = vcenter.sessions.peek(token)?.number;
  response.once("close", () => {
    journal.end(entry);
  });
  request.on("error", () => undefined);
  response.on("error", () => undefined);

  try {
    let body = faults.needsBody() ? await readBody(request, entry) : undefined;
    const taken = faults.takeRequest({ method, path, operation, body: body?.toString("utf8") });
    const rule = taken?.rule;
    entry.fault = taken?.name;
    if (rule === undefined || !leavesBodyUnread(rule.action)) body ??= await readBody(request, entry);
    if (rule?.delayMs !== undefined) await sleep(rule.delayMs);
    await rule?.onMatch?.();
    const hands: Hands = {
      line: { response, stream: request.socket, tcp, every: (ms, tick) => every(request, ms, tick) },
      apply: async (script) => {
        const answer = await handle(stations, routed, request, body ?? Buffer.alloc(0), entry, script);
        stations.persist();
        await rule?.onApplied?.();
        if (rule?.answerDelayMs !== undefined) await sleep(rule.answerDelayMs);
        return answer;
      },
      send: (answer) => {
        entry.status = answer.status;
        send(vcenter, request, response, answer);
      },
      expireSessions: () => {
        vcenter.sessions.expireAll();
      },
      note: (status) => {
        entry.status = status;
      },
    };
    await perform(rule?.action ?? { kind: "pass" }, hands);
  } catch (error) {
    if (request.socket.destroyed) return;
    entry.unexpected = `the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    entry.status = 500;
    send(
      vcenter,
      request,
      response,
      json(500, { error_type: "ERROR", messages: [message("simulator", "Simulator defect.")] }),
    );
  }
}

async function handle(
  { vcenter }: Stations,
  routed: Routed,
  request: IncomingMessage,
  body: Buffer,
  entry: JournalEntry,
  script: TaskScript | undefined,
): Promise<Answer> {
  const noted: Exchange["noted"] = {};
  const { parameters, query, legacy } = routed;
  const exchange = { method: entry.method, parameters, query, headers: request.headers, body, script, noted };
  // What was due before this request arrived has happened before it is looked at.
  vcenter.tasks.settle();
  try {
    if (routed.refusal !== undefined) throw routed.refusal;
    if (routed.handle === undefined) throw new Error("a route without an endpoint");
    return await routed.handle(vcenter, exchange);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    entry.unexpected ??= error.unexpected;
    return error.toAnswer(legacy);
  } finally {
    entry.session ??= noted.session;
    entry.taskId = noted.taskId;
  }
}

async function readBody(request: IncomingMessage, entry: JournalEntry): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  entry.bodySha256 = sha256Hex(body);
  entry.bodyBytes = body.length;
  return body;
}

function send(vcenter: VCenter, request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  if (vcenter.options.sendDate) response.setHeader("Date", vcenter.clock.date().toUTCString());
  else response.sendDate = false;
  // Set by hand, since node would add a Keep-Alive hint, which vCenter does not send.
  response.setHeader("Connection", request.headers.connection === "close" ? "close" : "keep-alive");
  if (answer.body !== undefined) response.setHeader("Content-Length", answer.body.length);
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
}

function every(request: IncomingMessage, ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  const stop = (): void => {
    clearInterval(timer);
  };
  request.socket.once("close", stop);
  return stop;
}
