// SPDX-License-Identifier: Apache-2.0

// Stands in for the engine's side of the gRPC connection: it records what a provider logs, and answers nothing else.

import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** One message of the Log RPC, as the engine would show it. */
export interface LogMessage {
  readonly severity: "debug" | "info" | "warning" | "error";
  /** Empty when the message names no resource. */
  readonly urn: string;
  readonly message: string;
  /** True for what only the status column shows, while an operation runs. */
  readonly ephemeral: boolean;
}

/** A running stand-in. */
export interface EngineLog {
  /** `host:port`, as the engine passes it to a provider. */
  readonly address: string;
  /** Every message so far, in the order of arrival; grows while the provider runs. */
  readonly messages: readonly LogMessage[];
  /** Ends the server at once. */
  readonly close: () => void;
}

/** Starts a stand-in on a free port of 127.0.0.1. */
export async function startEngineLog(): Promise<EngineLog> {
  const messages: LogMessage[] = [];
  const server = new grpc.Server();
  const log: grpc.handleUnaryCall<LogRequest, Empty> = (call, callback) => {
    messages.push({
      severity: severityName(call.request.getSeverity()),
      urn: call.request.getUrn(),
      message: call.request.getMessage(),
      ephemeral: call.request.getEphemeral(),
    });
    callback(null, new Empty());
  };
  server.addService(EngineService, { log });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    messages,
    close: () => {
      server.forceShutdown();
    },
  };
}

function severityName(severity: LogSeverity): LogMessage["severity"] {
  switch (severity) {
    case LogSeverity.DEBUG:
      return "debug";
    case LogSeverity.INFO:
      return "info";
    case LogSeverity.WARNING:
      return "warning";
    case LogSeverity.ERROR:
      return "error";
  }
}
