// SPDX-License-Identifier: Apache-2.0
// The engine's Log RPC: what `pulumi up` shows while it waits, and warnings at the resource they are about. Without
// an engine, progress is silent and warnings go to stderr. The only value import of @pulumi/pulumi in this process.

import { createRequire } from "node:module";
import { systemClock } from "../core/clock";

/** How much a line matters. @internal */
export type Severity = "info" | "warning";

/** Where lines for a person go. @internal */
export interface Display {
  /** Prints one line that stays, at the resource if the URN is known. Never throws. */
  line(severity: Severity, text: string, urn: string | undefined): void;
  /** Shows a text in the resource's status column until the next one. Silent without a URN. Never throws. */
  status(text: string, urn: string | undefined): void;
  /** Resolves when the lines so far have arrived, or never will. Absent: they arrive at once. */
  delivered?(): Promise<void>;
}

/** The engine's `host:port`: the last argument of the host (measured); undefined without an engine. @internal */
export function engineAddress(argv: readonly string[]): string | undefined {
  const last = argv.at(-1) ?? "";
  return argv.length > 2 && /^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/.test(last) ? last : undefined;
}

/** The display of this process; without an engine it writes warnings and notes to `stderr`. @internal */
export function makeDisplay(
  address: string | undefined,
  stderr: (text: string) => void = (text): void => {
    // A closed stderr must not bring the operation down.
    process.stderr.write(text, () => undefined);
  },
): Display {
  if (address === undefined)
    return {
      line: (severity, text) => {
        stderr(`${severity}: ${text}\n`);
      },
      status: () => undefined,
    };
  let log: ReturnType<typeof connectLog> | undefined;
  const underWay = new Set<Promise<void>>();
  const track = (sent: Promise<void>): void => {
    underWay.add(sent);
    void sent.finally(() => underWay.delete(sent));
  };
  const send = async (line: LogLine): Promise<void> => {
    try {
      log ??= connectLog(address);
      await log(line);
    } catch {
      if (!line.ephemeral) stderr(`${line.severity}: ${line.text}\n`);
    }
  };
  return {
    line(severity, text, urn) {
      track(send({ severity, text, urn, ephemeral: false }));
    },
    status(text, urn) {
      if (urn !== undefined) track(send({ severity: "info", text, urn, ephemeral: true }));
    },
    async delivered() {
      await Promise.all(underWay);
    },
  };
}

interface LogLine {
  readonly severity: Severity;
  readonly text: string;
  readonly urn: string | undefined;
  readonly ephemeral: boolean;
}

/** A line takes this long at most, milliseconds. */
const LOG_TIMEOUT_MS = 1_000;

/** Resolves when the engine has the line, or will not take it. */
function connectLog(address: string): (line: LogLine) => Promise<void> {
  // Loaded from @pulumi/pulumi's own place: its clients do not take credentials of another copy of grpc-js.
  const pulumi = createRequire(require.resolve("@pulumi/pulumi"));
  const grpc = pulumi("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const { EngineClient } = pulumi("./proto/engine_grpc_pb.js") as {
    EngineClient: new (
      address: string,
      credentials: unknown,
      options: Readonly<Record<string, number>>,
    ) => { log(request: unknown, options: { deadline: number }, callback: () => void): void };
  };
  const messages = pulumi("./proto/engine_pb.js") as {
    LogRequest: new () => Record<
      "setSeverity" | "setMessage" | "setUrn" | "setStreamid" | "setEphemeral",
      (value: unknown) => void
    >;
    LogSeverity: Record<"INFO" | "WARNING", number>;
  };
  // The engine is on this machine: a proxy of the environment could not reach it.
  const client = new EngineClient(address, grpc.credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  return ({ severity, text, urn, ephemeral }) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity[severity === "warning" ? "WARNING" : "INFO"]);
    request.setMessage(text);
    request.setUrn(urn ?? "");
    request.setStreamid(0);
    request.setEphemeral(ephemeral);
    return new Promise((resolve) => {
      client.log(request, { deadline: systemClock.wallMs() + LOG_TIMEOUT_MS }, () => {
        resolve();
      });
    });
  };
}
