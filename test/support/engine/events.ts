// SPDX-License-Identifier: Apache-2.0

// What the engine did in one operation, read from its event log. The log's shape is Pulumi's `apitype.EngineEvent`.

import { readFileSync } from "node:fs";

/** One resource in one operation; stacks and providers are left out. */
export interface Step {
  /** `create`, `update`, `replace`, `create-replacement`, `delete`, `same`, `refresh`, `read`, … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  /** True in a preview. */
  readonly planned: boolean;
  readonly failed: boolean;
  /** The names of the properties that the engine shows as different. */
  readonly diffs: readonly string[];
}

/** A message of the engine, the program or the provider; debug messages are left out. */
export interface Diagnostic {
  readonly severity: string;
  /** Empty when it belongs to the stack as a whole. */
  readonly urn: string;
  readonly message: string;
  /** True for what only the status column shows. */
  readonly ephemeral: boolean;
}

/** What an event log says. */
export interface EngineRecord {
  /** In the order in which they ended; a step that was cut off isn't there. */
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** The engine's own counts by operation, stacks included and providers not; undefined when it didn't end properly. */
  readonly changes: Readonly<Record<string, number>> | undefined;
}

interface StepEvent {
  readonly metadata: {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly diffs?: readonly string[];
    readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  };
  readonly planning?: boolean;
}

interface EngineEvent {
  readonly resOutputsEvent?: StepEvent;
  readonly resOpFailedEvent?: StepEvent;
  readonly diagnosticEvent?: {
    readonly severity: string;
    readonly urn?: string;
    readonly message: string;
    readonly ephemeral?: boolean;
  };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

/**
 * Reads an event log; one that isn't there, since the operation never began, gives an empty record.
 *
 * @param path - a file with one JSON object a line; a last line that was cut off is ignored.
 */
export function readEventLog(path: string): EngineRecord {
  const steps: Step[] = [];
  const diagnostics: Diagnostic[] = [];
  let changes: EngineRecord["changes"];
  for (const event of parse(path)) {
    const step = event.resOutputsEvent ?? event.resOpFailedEvent;
    if (step !== undefined && !step.metadata.type.startsWith("pulumi:")) {
      steps.push(toStep(step, event.resOpFailedEvent !== undefined));
    }
    const said = event.diagnosticEvent;
    if (said !== undefined && said.severity !== "debug") {
      const { severity, urn = "", message, ephemeral = false } = said;
      diagnostics.push({ severity, urn, message: message.trim(), ephemeral });
    }
    if (event.summaryEvent !== undefined) changes = event.summaryEvent.resourceChanges ?? {};
  }
  return { steps, diagnostics, changes };
}

function toStep(event: StepEvent, failed: boolean): Step {
  const { op, urn, type, diffs, detailedDiff } = event.metadata;
  const name = urn.split("::").slice(3).join("::");
  const different = diffs ?? Object.keys(detailedDiff ?? {});
  return { op, urn, type, name, planned: event.planning ?? false, failed, diffs: different };
}

function parse(path: string): EngineEvent[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  return complete
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
}
