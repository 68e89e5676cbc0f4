// SPDX-License-Identifier: Apache-2.0
// Output that nobody can take any more. The engine's host logs every uncaught error to stderr; where stderr itself is what
// fails, each line makes the next one, and the process spins for ever (measured with the SDK 3.248 on Node 20: the first
// EPIPE is swallowed by the console, the second begins the loop). A stream whose errors are listened to has no such error.

/** The part of a stream that matters here. @internal */
export interface OutputStream {
  on(event: "error", listener: () => void): unknown;
}

/**
 * Lets writes fail in silence: a pipe whose reader has gone, a disk that is full.
 *
 * @param streams - default: stdout and stderr of this process
 * @internal
 */
export function surviveUnheardOutput(streams: readonly OutputStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on("error", () => undefined);
}
