// SPDX-License-Identifier: Apache-2.0
// A scenario of one kind of write: the PATCH of a certificate, or the POST of what the hosts make.

import assert from "node:assert/strict";
import { fingerprintOfPem, publicKeyOfRequest } from "../fixtures/certificates/make";
import type { FaultRule, JournalEntry, Operation, RequestAction, TaskScript } from "../simulator";
import type { ResourceType } from "../support/driver";
import { KMS_CLIENT_CERTIFICATE, SELF_SIGNED, SIGNING_REQUEST } from "../support/driver";
import type { InProcess, Outcome, ProcessOptions, Properties, Scenario } from "../support/in-process";
import { assertNotFinished, assertSuccess, describe } from "../support/in-process";
import type { Phase, WriteName } from "./coverage";

/** A phase in which a write has begun and has not been proved. */
export type WritePhase = Phase & ("S" | "A" | "P" | "R");

/** How one write is sent, read and told. */
export interface Kind {
  /** In the names of tests. */
  readonly name: WriteName;
  readonly type: ResourceType;
  readonly write: "patch" | "post" | "createCsr";
  readonly read: "readCertificate" | "readCsr";
  /** In messages. */
  readonly method: "PATCH" | "POST";
  readonly noun: string;
}

/** Every kind. */
export const KINDS: readonly Kind[] = [
  {
    name: "PATCH",
    type: KMS_CLIENT_CERTIFICATE,
    write: "patch",
    read: "readCertificate",
    method: "PATCH",
    noun: "certificate",
  },
  {
    name: "POST of a certificate",
    type: SELF_SIGNED,
    write: "post",
    read: "readCertificate",
    method: "POST",
    noun: "new certificate",
  },
  {
    name: "POST of a CSR",
    type: SIGNING_REQUEST,
    write: "createCsr",
    read: "readCsr",
    method: "POST",
    noun: "new signing request",
  },
];

/** A scenario whose one resource is of the kind. */
export class WriteScenario {
  readonly kind: Kind;
  readonly s: Scenario;
  readonly #before: string;

  constructor(kind: Kind, s: Scenario) {
    this.kind = kind;
    this.s = s;
    this.#before = this.#live();
  }

  /** What the program wants. */
  inputs(): Properties {
    const { s, kind } = this;
    if (kind.write === "patch") return s.inputs();
    const more = { certificate: undefined, privateKey: undefined, triggers: ["one"] };
    return s.inputs(s.wanted, { ...more, __provider: kind.type.handlerLine });
  }

  /** @param more - other inputs than the usual ones */
  create(options?: ProcessOptions, more: Properties = {}): Promise<Outcome> {
    return this.s.providerProcess(options).create({ ...this.inputs(), ...more });
  }

  /** Inputs for another one; a program that wants another certificate gives it itself. */
  wantsAnother(): Properties {
    return this.kind.write === "patch" ? {} : { triggers: ["two"] };
  }

  /** With time enough, whatever time the create had. @param more - other inputs than those of the create */
  update(saved: Properties, options?: ProcessOptions, more: Properties = {}): Promise<Outcome> {
    const providerProcess: InProcess = this.s.providerProcess(options);
    return providerProcess.update(saved, { ...this.inputs(), timeoutSeconds: 20, ...more });
  }

  /** The next writes are answered so. */
  onWrite(action: RequestAction, times = 1): void {
    this.s.simulator.faults.add({ match: { operation: this.kind.write }, times, action });
  }

  /** A rule that applies from the first accepted write on, and not to the reads and lists before it. */
  onceWritten(rule: FaultRule): void {
    let isAdded = false;
    this.s.simulator.journal.onEnd(({ operation, status }) => {
      if (isAdded || operation !== this.kind.write || status !== 202) return;
      isAdded = true;
      this.s.simulator.faults.add(rule);
    });
  }

  /** The requests of a phase: the write, the looks at its task, the reads after it. */
  requestOf(phase: WritePhase): Operation {
    return { S: this.kind.write, A: this.kind.write, P: "taskGet", R: this.kind.read }[phase] as Operation;
  }

  /** The next requests of a phase are answered so. */
  answer(phase: WritePhase, action: RequestAction, times = 1, more: Partial<FaultRule> = {}): void {
    const rule = { ...more, match: { operation: this.requestOf(phase) }, times, action } as FaultRule;
    if (phase === "S" || phase === "A") this.s.simulator.faults.add(rule);
    else this.onceWritten(rule);
  }

  /** The requests of a phase that the server has seen. */
  requests(phase: WritePhase): readonly JournalEntry[] {
    const { journal } = this.s.simulator;
    const [write] = journal.filter({ operation: this.kind.write, status: 202 });
    const sinceMs = phase === "S" || phase === "A" ? 0 : (write?.startedAtMs ?? Infinity);
    return journal.filter({ operation: this.requestOf(phase) }).filter(({ startedAtMs }) => startedAtMs > sinceMs);
  }

  scriptWrite(script: TaskScript): void {
    this.onWrite({ kind: "taskScript", script });
  }

  /** vCenter does not list tasks: only what it holds can tell. */
  refuseList(status = 403, errorType = "UNAUTHORIZED"): void {
    const action = { kind: "respond", status, body: { error_type: errorType, messages: [] } } as const;
    this.s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action });
  }

  /** The id of the first accepted write's task. */
  taskId(): string {
    const [entry] = this.s.simulator.journal.filter({ operation: this.kind.write, status: 202 });
    assert.ok(entry?.taskId !== undefined, "no write was accepted");
    return entry.taskId;
  }

  /** How often that task was asked after by itself. */
  polls(): number {
    return this.s.simulator.journal.count({ operation: "taskGet", path: `/api/cis/tasks/${this.taskId()}` });
  }

  /** The task of the last write, as the server knows it. */
  task(): string | undefined {
    return this.s.simulator.tasks().find(({ requestedBy }) => requestedBy === this.kind.write)?.id;
  }

  reads(): number {
    return this.s.simulator.journal.count({ operation: this.kind.read });
  }

  /** The requests in their order. */
  order(): Operation[] {
    return this.s.simulator.journal.entries.map(({ operation }) => operation);
  }

  assertTraffic(logins: number, writes: number): void {
    const { journal } = this.s.simulator;
    const sent = journal.count({ operation: this.kind.write });
    assert.deepEqual([journal.logins(), sent], [logins, writes], "logins, writes");
  }

  /** Success: what the server holds now is the wanted one, or another one than before. */
  assertDone(outcome: Outcome): Properties {
    const { s, kind } = this;
    if (kind.write === "patch") return assertSuccess(outcome, s.wanted.fingerprint);
    assert.ok(outcome.kind === "success", `wanted success, got ${describe(outcome)}`);
    this.assertHolds(outcome.properties);
    const open = Object.keys(outcome.properties).filter((name) => name.startsWith("pending"));
    assert.deepEqual(open, []);
    return outcome.properties;
  }

  /** The server holds what the outputs tell, and it is not what was there before. */
  assertHolds(outputs: Properties): void {
    assert.notEqual(this.#live(), this.#before);
    assert.equal(outputs[this.kind.write === "createCsr" ? "publicKeySha256" : "sha256Fingerprint"], this.#live());
  }

  /** Not finished, with what the next run needs: the task if it is known, and what is awaited. `settled`: no write is. */
  assertOpen(
    outcome: Outcome,
    code: string,
    { taskId, settled = false }: { readonly taskId?: string; readonly settled?: boolean },
    ...texts: readonly (string | RegExp)[]
  ): Properties {
    const { s, kind } = this;
    if (kind.write === "patch") {
      return assertNotFinished(outcome, code, settled ? {} : { taskId, fingerprint: s.wanted.fingerprint }, ...texts);
    }
    const saved = assertNotFinished(outcome, code, { taskId, type: kind.type }, ...texts);
    const replaces = String(saved["pendingReplaces"]);
    assert.match(replaces, settled ? /^anything$/ : /^(nothing|([0-9A-F]{2}:){31}[0-9A-F]{2})$/);
    return saved;
  }

  #live(): string {
    const { simulator } = this.s;
    if (this.kind.write !== "createCsr") return fingerprintOfPem(simulator.certificate());
    const csr = simulator.csr();
    return csr == null ? "none" : publicKeyOfRequest(csr);
  }
}

/** Task durations of every write. */
export function lasting(ms: number): {
  readonly patch: number;
  readonly post: number;
  readonly csr: number;
  readonly read: number;
} {
  return { patch: ms, post: ms, csr: ms, read: 5 };
}
