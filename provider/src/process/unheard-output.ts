// SPDX-License-Identifier: Apache-2.0
// Output that nobody reads any more. The engine's host logs every uncaught error to stderr. If stderr itself fails, each
// line makes the next one, and the process never ends (measured with the SDK 3.248 on Node 20). A command behind `| head`
// would end at once, and leave its session open. A listener prevents both.

/** The part of a stream that matters here. @internal */
export interface OutputStream {
  on(event: "error", listener: () => void): unknown;
}

/** Lets writes fail silently: a pipe whose reader has gone, a disk that is full. @internal */
export function surviveUnheardOutput(streams: readonly OutputStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on("error", () => undefined);
}
