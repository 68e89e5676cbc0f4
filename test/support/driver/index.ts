// SPDX-License-Identifier: Apache-2.0
// One interface for what a user's run makes of one resource, whatever is behind it: the provider in this process
// (provider-driver over in-process), the real host process (provider-driver over host-methods), the engine (stack-driver).

import type { Outcome } from "./outcome";
import type { Properties, ResourceType } from "./resource-type";

export type { Outcome } from "./outcome";
export { KMS_CLIENT_CERTIFICATE, SELF_SIGNED, SIGNING_REQUEST } from "./resource-type";
export type { Properties, ResourceType } from "./resource-type";

/** One mistake that `check` found. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** A message that stays, at a resource or (urn empty) at the run. */
export interface Notice {
  readonly severity: string;
  readonly urn: string;
  readonly text: string;
}

/** The resource as the engine saves it: inputs as checked, outputs with `__provider` and without `__urn`. */
export interface Saved {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** True after an init failure: the next `up` updates whatever `diff` says. */
  readonly notFinished: boolean;
}

/** What `diff` makes of inputs. */
export type Difference = "none" | "update" | "replace";

/** One resource of one program. Everything it is told of, it remembers as the engine does. */
export interface Driver {
  readonly type: ResourceType;
  readonly check: (inputs: Properties) => Promise<readonly CheckFailure[]>;
  readonly diff: (inputs: Properties) => Promise<Difference>;
  /** An `up` without a saved resource. */
  readonly create: (inputs: Properties) => Promise<Outcome>;
  /** An `up` with one: does nothing if nothing differs, replaces where `diff` says so. */
  readonly update: (inputs: Properties) => Promise<Outcome>;
  /** A refresh; a success without an id: the resource is gone. */
  readonly read: () => Promise<Outcome>;
  readonly delete: () => Promise<Outcome>;
  readonly saved: () => Saved | undefined;
  /** What was said for good by the last method. */
  readonly notices: () => readonly Notice[];
  /** The next method belongs to another run, and so to another process. */
  readonly nextRun: () => Promise<void>;
}

/** The URN of a resource of that type at the top of a program. */
export function urnOf({ token }: ResourceType, name: string): string {
  return `urn:pulumi:test::trial::${token}::${name}`;
}
