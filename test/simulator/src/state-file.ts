// SPDX-License-Identifier: Apache-2.0
// What survives a kill -9 of the simulator's process: written whole after every request, by an atomic rename. It holds
// secrets of the *simulated* vCenter (its password, tokens, its TLS key) and never a client's private key.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Cluster, KeyProvider } from "./cluster-store";
import type { Session } from "./session-store";
import type { Task } from "./task-store";
import type { TlsIdentity } from "./tls-certificates";
import type { VCenter } from "./vcenter";

/** The file's content. Times are milliseconds since 1970. */
interface StateFile {
  readonly port: number;
  readonly password: string;
  readonly tls: TlsIdentity;
  readonly clusters: readonly { id: string; state: Cluster["state"]; keyProviders: readonly KeyProvider[] }[];
  readonly sessions: readonly Session[];
  readonly tasks: readonly Task[];
}

/** What was there before this process; undefined when the file does not exist. */
export function readStateFile(file: string): StateFile | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as StateFile) : undefined;
}

/** Writes everything down. */
export function writeStateFile(file: string, vcenter: VCenter, port: number, tls: TlsIdentity): void {
  const toEpoch = (atMs: number): number => vcenter.clock.toEpochMs(atMs);
  const state: StateFile = {
    port,
    password: vcenter.options.password,
    tls,
    clusters: vcenter.clusters
      .all()
      .map((each) => ({ id: each.id, state: each.state, keyProviders: [...each.keyProviders.values()] })),
    sessions: vcenter.sessions.open().map((session) => shiftSession(session, toEpoch)),
    tasks: vcenter.tasks.all().map((task) => shiftTask(task, toEpoch)),
  };
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Puts sessions, tasks and certificates back. Time went on meanwhile: tasks that were due have ended. */
export function restoreState(vcenter: VCenter, state: StateFile): void {
  const fromEpoch = (epochMs: number): number => vcenter.clock.fromEpochMs(epochMs);
  for (const { id, state: enabled, keyProviders } of state.clusters) vcenter.clusters.add(id, keyProviders, enabled);
  vcenter.sessions.restore(state.sessions.map((session) => shiftSession(session, fromEpoch)));
  vcenter.tasks.restore(state.tasks.map((task) => shiftTask(task, fromEpoch)));
}

function shiftSession(session: Session, shift: (ms: number) => number): Session {
  return {
    ...session,
    createdAtMs: shift(session.createdAtMs),
    lastAccessedAtMs: shift(session.lastAccessedAtMs),
  };
}

function shiftTask(task: Task, shift: (ms: number) => number): Task {
  const maybe = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : shift(ms));
  return {
    ...task,
    createdAtMs: shift(task.createdAtMs),
    unknownUntilMs: shift(task.unknownUntilMs),
    startedAtMs: maybe(task.startedAtMs),
    endedAtMs: maybe(task.endedAtMs),
    effectAtMs: maybe(task.effectAtMs),
    due: typeof task.due === "number" ? shift(task.due) : task.due,
    cursor: { ...task.cursor, enteredAtMs: shift(task.cursor.enteredAtMs) },
  };
}
