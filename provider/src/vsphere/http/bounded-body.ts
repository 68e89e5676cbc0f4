// SPDX-License-Identifier: Apache-2.0
// Reading an answer without letting it fill the memory.

import type { Readable } from "node:stream";

/** No answer of this API but a list of tasks is larger. @internal */
export const MAX_BODY_BYTES: number = 64 * 1024;

/**
 * Reads a body to its end, or gives up when it grows past the bound.
 *
 * @param body - the stream; it is destroyed when the bound is passed
 * @param maxBytes - bytes at most
 * @returns the text as UTF-8, or undefined where it is larger
 * @throws what the stream fails with
 * @internal
 */
export async function readBounded(body: Readable, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      // Leaving the loop destroys the stream; the abort that follows is ours and nobody's news.
      body.on("error", () => undefined);
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
