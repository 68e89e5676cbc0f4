// SPDX-License-Identifier: Apache-2.0
// Tests of the matrix that must hold for every write: the PATCH of a certificate, and the POSTs of what the hosts make.

import assert from "node:assert/strict";
import { fingerprintOfPem, publicKeyOfRequest } from "../fixtures/certificates/make";
import type { Operation, RequestAction, TaskScript } from "../simulator";
import type { ResourceType } from "../support/driver";
import { KMS_CLIENT_CERTIFICATE, SELF_SIGNED, SIGNING_REQUEST } from "../support/driver";
import type { InProcess, Outcome, ProcessOptions, Properties, Scenario, ScenarioOptions } from "../support/in-process";
import { assertNotFinished, assertSuccess, describe } from "../support/in-process";
import type { Cell } from "./fault";
import { fault } from "./fault";
import type { Phase } from "./coverage";

/** How one write is sent, read and told. */
interface Kind {
  /** In the names of tests. */
  readonly name: string;
  readonly type: ResourceType;
  readonly write: "patch" | "post" | "createCsr";
  readonly read: "readCertificate" | "readCsr";
  /** In messages. */
  readonly method: "PATCH" | "POST";
  readonly noun: string;
}

const KINDS: readonly Kind[] = [
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

  create(options?: ProcessOptions): Promise<Outcome> {
    return this.s.process(options).create(this.inputs());
  }

  update(saved: Properties, options?: ProcessOptions): Promise<Outcome> {
    const process: InProcess = this.s.process(options);
    return process.update(saved, this.inputs());
  }

  /** The next writes are answered so. */
  onWrite(action: RequestAction, times = 1): void {
    this.s.simulator.faults.add({ match: { operation: this.kind.write }, times, action });
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
    assert.notEqual(this.#live(), this.#before);
    const told = outcome.properties[kind.write === "post" ? "sha256Fingerprint" : "publicKeySha256"];
    assert.equal(told, this.#live());
    const open = Object.keys(outcome.properties).filter((name) => name.startsWith("pending"));
    assert.deepEqual(open, []);
    return outcome.properties;
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

/** Writes a test for each kind of write. */
export function faultOfWrites(
  row: number,
  phases: Phase | readonly Phase[],
  title: string,
  test: (scenario: (options?: ScenarioOptions) => Promise<WriteScenario>, cell: Cell) => Promise<void>,
): void {
  for (const kind of KINDS) {
    fault(row, phases, `${kind.name}: ${title}`, (cell) =>
      test(async (options) => new WriteScenario(kind, await cell.scenario({ ...options, type: kind.type })), cell),
    );
  }
}
