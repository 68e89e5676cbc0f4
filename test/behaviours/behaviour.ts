// SPDX-License-Identifier: Apache-2.0
// The words of the table: a behaviour is a name, steps, and what each step must end as, say and have vCenter see.

import type { Simulator, SimulatorOptions } from "../simulator";
import type { Driver, Outcome, Properties, ResourceType, Saved } from "../support/driver";

/** What stands between a behaviour and the provider's code. */
export type DriverKind = "in process" | "host process" | "host process of the lowest SDK" | "engine";

/** Two states of a resource that a program may want. */
export type Which = "first" | "second";

/** Where a resource lives. */
export interface Target {
  readonly cluster: string;
  readonly keyProvider: string;
}

/** One resource type as the table sees it. */
export interface Subject {
  readonly type: ResourceType;
  /** The operation that writes. */
  readonly write: "patch" | "post" | "createCsr";
  /** The operation that reads. */
  readonly read: "readCertificate" | "readCsr";
  readonly inputs: (which: Which) => Properties;
  /** Private keys that must not show, each with its certificate. */
  readonly keys: readonly { readonly privateKeyPem: string; readonly certificatePem: string }[];
  /** What an earlier run has saved on a server after it proved one of them. */
  readonly outputs: (which: Which, server: string) => Properties;
  /** Somebody puts it there, or takes it away. */
  readonly put: (simulator: Simulator, which: Which | undefined) => void;
  /** What the hosts have made for it so far counts no more: the next one is another one. */
  readonly forget?: (simulator: Simulator, which: Which) => void;
  /** What a deletion says. */
  readonly afterDelete: RegExp;
  /** Fails unless outputs show it. */
  readonly assertShows: (outputs: Properties, which: Which | undefined, simulator: Simulator) => void;
  /** Fails unless outputs say that it is awaited; undefined: that no write is. */
  readonly assertAwaits: (outputs: Properties, which: Which | undefined) => void;
  /** Fails unless the server holds it. */
  readonly assertHeld: (simulator: Simulator, which: Which, target: Target) => void;
}

/** What a behaviour is played on. */
export interface Stage {
  readonly kind: DriverKind;
  readonly subject: Subject;
  readonly simulator: Simulator;
  readonly driver: Driver;
  /** Puts a state in place without a run; absent with the engine. */
  readonly seed?: (saved: Saved) => void;
  /** Does something once, between `check` and what follows it; absent with the engine. */
  readonly onceChecked?: (action: () => Promise<void>) => void;
  /** How the last step ended. */
  outcome: Outcome | undefined;
}

/** One step, with its expectations. */
export type Step = (s: Stage) => void | Promise<void>;

/** One row of the table. */
export interface Behaviour {
  readonly name: string;
  /** Default: in process. */
  readonly on?: readonly DriverKind[];
  readonly vcenter?: SimulatorOptions;
  readonly steps: readonly Step[];
}

/** For what the way over gRPC may change: outcomes, warnings, empty answers. */
export const THROUGH_HOST: readonly DriverKind[] = ["in process", "host process"];
/** For what the engine adds to: saving, replacing, its own order of calls. */
export const EVERYWHERE: readonly DriverKind[] = ["in process", "host process", "engine"];
