// SPDX-License-Identifier: Apache-2.0
// Why a request has no usable answer: what happened, whether it may have been carried out, and what to do.

import { abortReason } from "../../core/clock";
import { CodedError, isCodedError } from "../../core/coded-error";
import { visible } from "../../core/visible";
import { RequestError } from "../errors/request-error";
import { handshakeError, refusesClientCertificate } from "./handshake-error";
import type { Peer } from "./handshake-error";

/** What is known of a request that failed. @internal */
export interface Progress {
  readonly method: string;
  readonly path: string;
  /** True once it was written to a socket. */
  dispatched: boolean;
  /** Set once the head of the answer has arrived. */
  httpStatus?: number;
}

/** What is known of the connection. @internal */
export interface ConnectionFacts {
  readonly peer: Peer;
  /** Why there is no connection, or was none at the last attempt. */
  readonly notConnected: CodedError | undefined;
}

/** Writes method, path and status for an error text. @internal */
export function describeProgress({ method, path, httpStatus }: Progress): string {
  return `${method} ${path}${httpStatus === undefined ? "" : `, HTTP ${httpStatus}`}`;
}

/** Explains what an exchange threw. `signal` is the one of the request: its own time-out or the operation. @internal */
export function exchangeError(
  error: unknown,
  progress: Progress,
  connection: ConnectionFacts,
  signal: AbortSignal,
): RequestError {
  if (error instanceof RequestError) return error;
  if (signal.aborted) return aborted(error, progress, connection, abortReason(signal));
  if (error instanceof CodedError) return refused(error, progress);
  if (refusesClientCertificate(error)) return refused(handshakeError(error, connection.peer), progress);
  return broken(error, progress, connection.peer.name);
}

function facts({ method, path, dispatched, httpStatus }: Progress): RequestError["request"] {
  return {
    method,
    path,
    fate: dispatched ? "maybe-sent" : "not-sent",
    ...(httpStatus === undefined ? {} : { httpStatus }),
  };
}

/** The operation's own end keeps its code; what happened to the request is another question. */
function aborted(error: unknown, progress: Progress, connection: ConnectionFacts, reason: Error): RequestError {
  const { peer, notConnected } = connection;
  const waited = progress.dispatched
    ? ""
    : `; ${notConnected?.message ?? "it was not sent: all connections were in use"}`;
  const ofConnection = progress.dispatched ? undefined : notConnected?.remedy;
  // Who stops the process need not check the network.
  const remedy = isCodedError(reason, "ERR_ABORTED") ? reason.remedy : ofConnection;
  return new RequestError(
    reason instanceof CodedError ? reason.code : "ERR_REQUEST_TIMEOUT",
    `${reason.message} (${describeProgress(progress)}, ${peer.name})${waited}`,
    facts(progress),
    { cause: error, remedy: remedy ?? "check the network and the load of vCenter, or raise timeoutSeconds" },
  );
}

/** No connection, or one that the other end refuses: nothing was carried out. */
function refused(error: CodedError, progress: Progress): RequestError {
  const { code, message, details, remedy } = error;
  return new RequestError(
    code,
    `${message} (${describeProgress(progress)})`,
    {
      ...facts(progress),
      fate: "not-sent",
      syscallCode: details.syscallCode,
    },
    { cause: error, remedy, details },
  );
}

function broken(error: unknown, progress: Progress, name: string): RequestError {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const where = `(${describeProgress(progress)}${code === undefined ? "" : `, ${visible(code, 40)}`})`;
  const request = { ...facts(progress), syscallCode: code };
  if (error instanceof Error && error.name === "HTTPParserError" && progress.httpStatus === undefined) {
    return new RequestError("ERR_CONNECT", `${name} did not answer in HTTP/1.1 ${where}`, request, {
      cause: error,
      remedy: "enable HTTP/1.1 on the server, or on what is in front of it; check the port",
    });
  }
  return new RequestError(
    "ERR_CONNECT",
    `the connection to ${name} closed before the full response arrived ${where}`,
    request,
    { cause: error, remedy: "check the network, the proxy or load balancer, and whether vCenter was restarted" },
  );
}
