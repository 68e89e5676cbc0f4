// SPDX-License-Identifier: Apache-2.0
// Which certificate the last update replaced: whoever revokes the old one at the key server asks for it.

import { X509Certificate } from "node:crypto";
import type { Behaviour, Step, Which } from "./behaviour";
import { THROUGH_HOST } from "./behaviour";
import { hasOutputs, holds, isNotFinished, seesNothing, shows } from "./expectations";
import {
  BRIEFLY,
  create,
  FIRST,
  later,
  nextRun,
  nextTask,
  refresh,
  SECOND,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

const replaced = (which: Which | undefined): Step =>
  hasOutputs(({ subject }) => {
    const pem = which && String(subject.inputs(which)["certificate"]);
    const { fingerprint256, serialNumber } = pem === undefined ? {} : new X509Certificate(pem);
    return { previousSha256Fingerprint: fingerprint256, previousSerialNumber: serialNumber };
  });

const ENDS_LATER = { steps: [{ status: "RUNNING", forMs: 3_000 }, { status: "SUCCEEDED" }] };

export const REPLACED: readonly Behaviour[] = [
  {
    name: "an update tells which certificate it replaced, and a no-op and a refresh keep that",
    on: THROUGH_HOST,
    steps: [
      create(FIRST, replaced(undefined)),
      nextRun,
      update(SECOND, holds("second"), replaced("first")),
      nextRun,
      update(SECOND, seesNothing, replaced("first")),
      update(wants("second", { timeoutSeconds: 30 }), seesNothing, replaced("first")),
      refresh(shows("second"), replaced("first")),
    ],
  },
  {
    name: "an update that repairs drift tells what it found, whether a refresh or the update itself has read it",
    steps: [
      create(FIRST),
      somebodyPuts("second"),
      refresh(shows("second"), replaced(undefined)),
      update(FIRST, holds("first"), replaced("second")),
      update(SECOND, holds("second"), replaced("first")),
      somebodyPuts("first"),
      update(wants("second", { detectDrift: "always" }), holds("second"), replaced("first")),
    ],
  },
  ...([update(FIRST), refresh(shows("first"))] as const).map((settles, index): Behaviour => ({
    name: `an update that was not seen to end tells it when ${index === 0 ? "the next update" : "a refresh"} sees it`,
    steps: [
      settled("second"),
      refresh(),
      nextTask(ENDS_LATER),
      update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first", "second"), replaced(undefined)),
      nextRun,
      later(4_000),
      settles,
      replaced("second"),
    ],
  })),
];
