// SPDX-License-Identifier: Apache-2.0
// The simulator's door to tests: a vCenter that speaks the Trust Authority client-certificate API over TLS, written only
// from the vendor's description. It knows nothing of the package under test.

import { resolveOptions } from "./options";
import type { SimulatorOptions } from "./options";
import { Simulator } from "./simulator";

/** Starts a simulated vCenter. @returns when it listens. */
export function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return Simulator.start(resolveOptions(options), options.password !== undefined);
}

export { Simulator } from "./simulator";
export type { RestartOptions } from "./restart";
export type { TaskSummary } from "./task-summary";
export type { ClusterOptions, Privilege, SimulatorOptions, TaskDurations } from "./options";
export type { FaultMatch, FaultRule, FaultStatistics } from "./fault-rules";
export type {
  CloseAction,
  ConnectionAction,
  FrontAction,
  GarbageAction,
  RequestAction,
  RespondAction,
} from "./fault-actions";
export type { Journal, JournalEntry, JournalFilter } from "./journal";
export type { KeyServer } from "./key-server-connection";
export type { Health, StatedHealth } from "./stated-health";
export type { Operation, TaskOperation } from "./operation";
export type { CertificateEncoding, TaskEffect, TaskScript, TaskStep } from "./task-script";
export type { TaskTarget } from "./task-target";
export type { WriteOverlap } from "./write-overlaps";
export type { ServerCertificateKind } from "./tls-certificates";
export type { ConnectionCounts } from "./front-door";
