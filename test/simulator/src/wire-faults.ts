// SPDX-License-Identifier: Apache-2.0
// Faults on the bytes of a connection: RST, cut bodies, stalls, drips, floods, garbage. Written below node's HTTP server,
// which would not do such things. Knows nothing of vSphere.

import type { ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "./answer";

/** One request's connection, on its three levels. */
export interface Line {
  readonly response: ServerResponse;
  /** The decrypted stream (TLS). */
  readonly stream: Socket;
  /** The TCP socket below it. */
  readonly tcp: Socket;
  /** Runs something again and again until the connection or the server ends. @returns a function that stops it. */
  every(ms: number, tick: () => void): () => void;
}

/** RST: everything that was not delivered is lost, on the TCP level. */
export function reset(line: Line): void {
  line.tcp.resetAndDestroy();
}

/** FIN without an answer. */
export function close(line: Line): void {
  line.stream.end();
}

/** Something that is no HTTP, then FIN. */
export function garbage(
  line: Line,
  bytes: Buffer | string = Buffer.from("\u0016\u0003SSH-2.0-not-http\r\n\u0000\u0001"),
): void {
  line.stream.end(bytes);
}

function head(answer: Answer, framing: string): string {
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? "Unknown"}`;
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  return [status, ...headers, framing, "", ""].join("\r\n");
}

/** Sends headers that promise a whole body and half of it. */
function half(line: Line, answer: Answer, framing: "content-length" | "chunked"): void {
  const body = answer.body ?? Buffer.from('""');
  const part = body.subarray(0, Math.floor(body.length / 2));
  if (framing === "content-length") {
    line.stream.write(Buffer.concat([Buffer.from(head(answer, `Content-Length: ${body.length}`)), part]));
    return;
  }
  // The chunk announces the whole body, so the cut lies inside a chunk.
  const chunk = `${head(answer, "Transfer-Encoding: chunked")}${body.length.toString(16)}\r\n`;
  line.stream.write(Buffer.concat([Buffer.from(chunk), part]));
}

/** Half of the body, then FIN. */
export function cutBody(line: Line, answer: Answer, framing: "content-length" | "chunked"): void {
  half(line, answer, framing);
  line.stream.end();
}

/** Half of the body, then nothing at all. */
export function stallBody(line: Line, answer: Answer): void {
  half(line, answer, "content-length");
}

/** The whole answer, a few bytes of the body at a time. */
export function drip(line: Line, answer: Answer, bytes: number, everyMs: number): void {
  const body = answer.body ?? Buffer.alloc(0);
  line.stream.write(head(answer, `Content-Length: ${body.length}\r\nConnection: close`));
  let sent = 0;
  const stop = line.every(everyMs, () => {
    line.stream.write(body.subarray(sent, sent + bytes));
    sent += bytes;
    if (sent < body.length) return;
    stop();
    line.stream.end();
  });
}

/** A JSON string of `bytes` bytes, as fast as the client reads and no faster. */
export function hugeBody(line: Line, status: number, bytes: number, declareLength: boolean): void {
  const { response } = line;
  response.writeHead(status, {
    "Content-Type": "application/json",
    ...(declareLength ? { "Content-Length": String(bytes) } : {}),
  });
  const block = Buffer.alloc(64 * 1024, "x");
  let left = bytes - 2;
  response.write('"');
  const pump = (): void => {
    while (left > 0 && !response.destroyed) {
      const part = block.subarray(0, Math.min(left, block.length));
      left -= part.length;
      if (!response.write(part)) {
        response.once("drain", pump);
        return;
      }
    }
    response.end('"');
  };
  pump();
}
