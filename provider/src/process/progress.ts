// SPDX-License-Identifier: Apache-2.0
// What the status column of a resource shows while an operation waits.

import type { Clock } from "../core/clock";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import type { Display } from "./display";

/** Shortest interval between progress lines of one status, ms. */
const MIN_STATUS_GAP_MS = 1_000;
/** Longest interval between them, ms. */
const MAX_STATUS_GAP_MS = 15_000;

/** Shows texts at a resource, the same text twice in a row once; an empty one clears what is shown. @internal */
export function statusWriter(
  display: Display,
  urn: string | undefined,
  redact: (text: string) => string,
): (text: string) => void {
  if (urn === undefined) return () => undefined;
  let last = "";
  return (text) => {
    if (text === last) return;
    last = text;
    display.status(redact(text), urn);
  };
}

/** Without a terminal each text is a line of a pipeline's log: the longer it takes, the fewer there are. @internal */
export function paced(clock: Clock, show: (text: string) => void): (info: TaskInfo, elapsedMs: number) => void {
  let shownStatus: TaskInfo["status"] | undefined;
  let nextMs = 0;
  return (info, elapsedMs) => {
    if (info.status === shownStatus && clock.nowMs() < nextMs) return;
    shownStatus = info.status;
    nextMs = clock.nowMs() + Math.min(MAX_STATUS_GAP_MS, Math.max(MIN_STATUS_GAP_MS, elapsedMs / 5));
    show(describeProgress(info, elapsedMs));
  };
}

function describeProgress(info: TaskInfo, elapsedMs: number): string {
  const status = typeof info.status === "string" ? info.status : info.status.unknown;
  const percent = info.percent === undefined ? "" : ` ${info.percent}%`;
  const message = info.message === "" ? "" : `: ${info.message}`;
  return `task ${status}${percent} after ${Math.round(elapsedMs / 1000)} s${message}`;
}
