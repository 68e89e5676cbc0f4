// SPDX-License-Identifier: Apache-2.0
// Random histories: what people, networks and servers do to a stack, as data that fast-check can make and shrink.

import * as fc from "fast-check";
import type { Disturbance, Fault, Kind } from "./faults";
import type { TaskTarget } from "./model-tasks";
import type { Health } from "./model-key-provider";
import type { Options, ResourceKind } from "./resource";

/** An operation of the engine, with what goes wrong in it. */
export interface OperationEvent {
  readonly event: "up" | "upRefresh" | "refresh" | "destroy";
  readonly faults: readonly Fault[];
  readonly disturbances: readonly Disturbance[];
}

/** One event of a history. */
export type Event =
  | OperationEvent
  /** The program wants another certificate, or the same one written in another way. */
  | { readonly event: "want"; readonly index: number; readonly rewritten: boolean }
  | { readonly event: "someoneElse"; readonly index: number }
  | { readonly event: "removeProvider" }
  | { readonly event: "restoreProvider"; readonly index: number }
  /** What vCenter says of the key server from now on. */
  | { readonly event: "keyServer"; readonly health: Health }
  | { readonly event: "restartServer"; readonly keepTasks: boolean }
  | { readonly event: "advanceClock"; readonly ms: number }
  | { readonly event: "jumpClock"; readonly ms: number };

/** A program, and what happens to it. */
export interface History {
  readonly options: Options;
  /** Its resources. What the hosts make takes `adopt` only of the options. */
  readonly declares: readonly ResourceKind[];
  /** What the target of a task names. */
  readonly targets: TaskTarget;
  /** True: vCenter refuses to list tasks, for good. */
  readonly listIsRefused: boolean;
  /** Reads show a write so long after the end of its task, whatever became of its answer, unless a fault says otherwise. Default 0. */
  readonly lagMs?: number;
  /** True: it begins with an `up` in which nothing goes wrong. */
  readonly settled: boolean;
  readonly events: readonly Event[];
}

/**
 * Each so often as its share. A signing request beside a certificate is one flow, and the certificates of two key providers of one cluster
 * look alike in tasks that name the cluster only: they must not disturb each other.
 */
const DECLARED: readonly (readonly ResourceKind[])[] = [
  ...Array.from({ length: 5 }, (): ResourceKind[] => ["certificate"]),
  ...Array.from({ length: 2 }, (): ResourceKind[] => ["self-signed"]),
  ...Array.from({ length: 2 }, (): ResourceKind[] => ["signing request"]),
  ["signing request", "certificate"],
  ["signing request", "self-signed"],
  ...Array.from({ length: 2 }, (): ResourceKind[] => ["certificate", "second certificate"]),
];
const KINDS: readonly Kind[] = ["login", "patch", "read", "health", "taskGet", "taskList"];
const kind = fc.constantFrom(...KINDS);

const wireFault: fc.Arbitrary<Fault> = fc.record({
  kind,
  what: fc.constantFrom(
    "refused" as const,
    "reset-before" as const,
    "reset-after" as const,
    "hang" as const,
    "garbage" as const,
  ),
});
const absent: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom<Kind>("read", "patch"),
  what: fc.constant("absent" as const),
});
const readFails: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("read" as const),
  what: fc.constant("task-fails" as const),
  errorType: fc.constantFrom("ERROR", "NOT_FOUND", "OPERATION_NOT_FOUND", "UNAUTHORIZED", "SERVICE_UNAVAILABLE"),
});
const statusFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind, what: fc.constant("status" as const), status: fc.constantFrom(401, 403, 429, 500, 502, 503, 504) }),
  fc.record({
    kind,
    what: fc.constant("status" as const),
    status: fc.constant(500),
    errorType: fc.constantFrom("ERROR", "RESOURCE_BUSY", "TIMED_OUT", "INTERNAL_SERVER_ERROR"),
  }),
  fc.record({
    kind: fc.constant("patch" as const),
    what: fc.constant("status" as const),
    status: fc.constantFrom(502, 504, 500),
    applied: fc.constant(true),
    lastsMs: fc.constantFrom(500, 500, 6_000, 200_000),
    lagMs: fc.constantFrom(0, 0, 2_000, 45_000),
  }),
);
const taskFault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("patch" as const),
  what: fc.constant("task" as const),
  lastsMs: fc.constantFrom(0, 50, 900, 20_000, 90_000, 200_000),
  ends: fc.constantFrom(
    "SUCCEEDED" as const,
    "SUCCEEDED" as const,
    "FAILED" as const,
    "CANCELED" as const,
    "vanishes" as const,
  ),
  blocked: fc.boolean(),
  lagMs: fc.constantFrom(0, 0, 2_000, 45_000),
  third: fc.constantFrom(false, false, false, true),
});
const lost: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("patch" as const),
  what: fc.constantFrom("id-lost" as const, "done" as const),
});
const late: fc.Arbitrary<Fault> = fc.constantFrom(
  { kind: "patch", what: "taken-up-late", afterMs: 1_000, hangs: false } as const,
  // After a time-out of the client the request may still wait in the server.
  { kind: "patch", what: "taken-up-late", afterMs: 33_000, hangs: true } as const,
);
const faults = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: wireFault },
    { weight: 6, arbitrary: statusFault },
    { weight: 8, arbitrary: taskFault },
    { weight: 2, arbitrary: lost },
    { weight: 2, arbitrary: late },
    { weight: 2, arbitrary: absent },
    { weight: 1, arbitrary: readFails },
  ),
  { maxLength: 4 },
);
const disturbances: fc.Arbitrary<readonly Disturbance[]> = fc.array(
  fc.record({
    atRequest: fc.integer({ min: 1, max: 14 }),
    what: fc.constantFrom<Disturbance["what"]>(
      "kill",
      "kill",
      "kill",
      "expireSessions",
      "restartKeep",
      "restartForget",
      "someoneElse",
      "clockAhead",
      "clockBack",
      "front503",
      "front404",
      "sibling",
      "sibling",
    ),
  }),
  { maxLength: 2 },
);
const operation = (name: OperationEvent["event"]): fc.Arbitrary<OperationEvent> =>
  fc.record({
    event: fc.constant(name),
    faults,
    disturbances: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: disturbances }),
  });
const targets: fc.Arbitrary<TaskTarget> = fc.constantFrom("cluster", "cluster", "key-provider", "none");
const options: fc.Arbitrary<Options> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constant({ detectDrift: "always" as const }) },
  { weight: 1, arbitrary: fc.constant({ adopt: true }) },
  { weight: 1, arbitrary: fc.constant({ waitForHealth: true }) },
  { weight: 1, arbitrary: fc.constant({ waitForHealth: true, detectDrift: "always" as const }) },
);

/**
 * Histories of up to a dozen events.
 *
 * @param candidates - how many certificates there are to choose from
 * @returns the arbitrary
 */
export function histories(candidates: number): fc.Arbitrary<History> {
  const index = fc.nat(candidates - 1);
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 14, arbitrary: operation("up") },
    { weight: 6, arbitrary: operation("upRefresh") },
    { weight: 4, arbitrary: operation("refresh") },
    { weight: 4, arbitrary: operation("destroy") },
    {
      weight: 8,
      arbitrary: fc.record({ event: fc.constant("want" as const), index, rewritten: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ event: fc.constant("someoneElse" as const), index }) },
    { weight: 1, arbitrary: fc.record({ event: fc.constant("removeProvider" as const) }) },
    { weight: 2, arbitrary: fc.record({ event: fc.constant("restoreProvider" as const), index }) },
    {
      weight: 2,
      arbitrary: fc.record({
        event: fc.constant("keyServer" as const),
        health: fc.constantFrom<Health>("NONE", "OK", "WARNING", "ERROR"),
      }),
    },
    { weight: 2, arbitrary: fc.record({ event: fc.constant("restartServer" as const), keepTasks: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({ event: fc.constant("advanceClock" as const), ms: fc.constantFrom(10, 5_000, 600_000) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ event: fc.constant("jumpClock" as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
    },
  );
  return fc.record({
    options,
    targets,
    listIsRefused: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    settled: fc.boolean(),
    lagMs: fc.constantFrom(0, 0, 0, 2_500),
    events: fc.array(event, { minLength: 1, maxLength: 12 }),
    // Last, so that what came before is drawn as it was.
    declares: fc.constantFrom(...DECLARED),
  });
}
