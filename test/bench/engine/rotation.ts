// SPDX-License-Identifier: Apache-2.0
// The benchmark `rotation`: one rotation end to end, beside a script with VMware's Python SDK.

import type { Benchmark, BenchmarkOptions, Measurement, Table } from "../benchmark";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import { startSimulator } from "../../simulator/src/index";
import { median, rounded } from "./median";
import { engineVersions } from "./package-versions";
import { preparePythonSdk } from "../../simulator/test/python-sdk/prepare-python-sdk";
import type { Rotation } from "./rotation-record";
import { readRotation, scriptTask } from "./rotation-record";
import type { Rotator } from "./rotators";
import { pythonScript, startOurUpdate, startPulumiUp } from "./rotators";

/** Lengths of the PATCH's task, milliseconds; between two whole seconds too, where a look each second comes late. */
const TASKS_MS = [200, 1_000, 1_500, 5_000, 5_300];
const READ_TASK_MS = 20;

/** One rotation end to end. */
export const rotation: Benchmark = { name: "rotation", title: "One rotation, end to end", measure };

/** The rotations of one client at one length of the task. */
interface Row {
  readonly label: string;
  readonly taskMs: number;
  readonly rotations: readonly Rotation[];
}

async function measure({ quick, report }: BenchmarkOptions): Promise<Measurement> {
  const tasksMs = quick ? TASKS_MS.slice(0, 2) : TASKS_MS;
  const runs = quick ? 1 : 3;
  const sdk = await preparePythonSdk();
  const rows = await measureAll(tasksMs, runs, "python" in sdk ? sdk.python : undefined, report);
  const labels = [...new Set(rows.map(({ label }) => label))];
  const middle = (label: string, taskMs: number, of: keyof Omit<Rotation, "proved">): number =>
    median(rows.filter((row) => row.label === label && row.taskMs === taskMs).flatMap(toValues(of)));
  return {
    notes: [
      `Everybody brings a new certificate and key to the same simulated vCenter, in turns, ${runs} times at each length of the PATCH's task; medians. "Done" is when the answer of \`update\` arrives, when \`pulumi\` has ended, when the script prints it; all times come from one clock, that of the simulator's process. A read-back is a task of ${READ_TASK_MS} ms of its own; ours is followed by one look at the key provider's health, which the scripts don't take.`,
      "*Ours, the provider's update* is the operation itself, over gRPC on the real provider process, which stays alive between two rotations (its session does not: most log in anew, which is before the PATCH). *A whole `pulumi up`* is what a person waits for: the start of CLI, program and provider process comes before the PATCH, and the engine's save and shutdown after the proof. The script holds neither; its start is that of Python and the SDK.",
      'The script looks at once and then each second, so the end of a task just under a whole second is seen at once by luck; over all lengths of a task its lag is half a second in the mean and one second at most. Ours promises 100 ms or 10 % of the time, at most 1 s, and two round trips, read-back included. *Proved* says whether a read that began after the task\'s end had ended before "done".',
      ...("missing" in sdk ? [`**The script was not run**: the SDK could not be set up. ${sdk.missing}`] : []),
    ],
    tables: [toTable(rows)],
    charts: [
      {
        name: "lag",
        title: 'From the end of the task to "done"',
        kind: "bar",
        xTitle: "length of the task, s",
        x: tasksMs.map((taskMs) => taskMs / 1000),
        yTitle: "ms",
        series: labels.map((label) => ({
          name: label,
          values: tasksMs.map((taskMs) => Math.round(middle(label, taskMs, "lagMs"))),
        })),
      },
    ],
    versions: {
      ...(await engineVersions()),
      ...("python" in sdk ? { "vmware-vcenter": "8.0.3.0" } : {}),
    },
  };
}

async function measureAll(
  tasksMs: readonly number[],
  runs: number,
  python: string | undefined,
  report: (line: string) => void,
): Promise<readonly Row[]> {
  const pairs = [await makeCertificate(), await makeCertificate()] as const;
  const simulator = await startSimulator({ taskDurationMs: { patch: 20, read: READ_TASK_MS } });
  const rotators: Rotator[] = [];
  const rows: Row[] = [];
  try {
    rotators.push(await startOurUpdate(simulator, pairs[0]));
    if (python !== undefined) {
      rotators.push(pythonScript(simulator, python, false), pythonScript(simulator, python, true));
    }
    rotators.push(await startPulumiUp(simulator, pairs[0]));
    const next = alternating(pairs, rotators);
    for (const taskMs of tasksMs) {
      const seen = new Map<Rotator, Rotation[]>(rotators.map((rotator) => [rotator, []]));
      for (let run = 0; run < runs; run += 1) {
        for (const rotator of rotators) {
          scriptTask(simulator, taskMs);
          const startedMs = performance.now();
          const doneMs = await rotator.rotate(next(rotator));
          const one = readRotation(simulator, startedMs, doneMs);
          report(`task of ${taskMs} ms, ${rotator.label}: done ${Math.round(one.lagMs)} ms after its end`);
          seen.get(rotator)?.push(one);
        }
      }
      for (const [{ label }, rotations] of seen) rows.push({ label, taskMs, rotations });
    }
  } finally {
    for (const rotator of rotators) await rotator.close();
    await simulator.close();
  }
  return rows;
}

/** Ours send nothing for what they have brought themselves: each is given another certificate than last time. */
function alternating(
  pairs: readonly [MadeCertificate, MadeCertificate],
  rotators: readonly Rotator[],
): (rotator: Rotator) => MadeCertificate {
  const last = new Map(rotators.map((rotator) => [rotator, 0]));
  return (rotator) => {
    const turn = (last.get(rotator) ?? 0) + 1;
    last.set(rotator, turn);
    return pairs[turn % 2 === 1 ? 1 : 0];
  };
}

function toValues(of: keyof Omit<Rotation, "proved">): (row: Row) => readonly number[] {
  return ({ rotations }) => rotations.map((each) => each[of]);
}

function toTable(rows: readonly Row[]): Table {
  return {
    title: "One rotation (medians)",
    columns: [
      "task, s",
      "who",
      "PATCH to done, ms",
      "task's end to done, ms",
      "requests from PATCH to done",
      "proved by a read-back",
      "start to done, ms",
    ],
    rows: rows.map((row) => {
      const middle = (of: keyof Omit<Rotation, "proved">): number | string => rounded(median(toValues(of)(row)));
      const proved = row.rotations.every((each) => each.proved) ? "yes" : "no";
      return [
        row.taskMs / 1000,
        row.label,
        middle("afterPatchMs"),
        middle("lagMs"),
        middle("requests"),
        proved,
        middle("wholeMs"),
      ];
    }),
  };
}
