// SPDX-License-Identifier: Apache-2.0
// The benchmark `start-up`: what this package adds to the processes that Pulumi starts, and to each resource in them.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, BenchmarkOptions, Measurement, Table } from "../benchmark";
import type { LoadingStep } from "./loading";
import { measureProgramLoading, measureProviderLoading } from "./loading";
import { rounded } from "./median";
import type { Kind, OwnCost } from "./own-code";
import { measureOwnCode } from "./own-code";
import { packageVersions } from "./package-versions";

/** Length of the task of the first create, milliseconds. */
const TASK_MS = 50;
/** What check and diff of one resource may cost in the mean, milliseconds. */
const GOAL_MS = 0.7;

const KINDS: readonly Kind[] = [
  { label: "one certificate for all, no key", distinct: 1, key: "none" },
  { label: "500 certificates (P-256), no key", distinct: 500, key: "none" },
  { label: "500 certificates (P-256), privateKey", distinct: 500, key: "privateKey" },
  { label: "500 certificates (P-256), privateKeyFile", distinct: 500, key: "privateKeyFile" },
  { label: "500 certificates (RSA 3072), privateKey", distinct: 500, key: "privateKey", keyType: "rsa-3072" },
  // Warned about in every check, for its size.
  { label: "500 certificates (RSA 2048), privateKey", distinct: 500, key: "privateKey", keyType: "rsa-2048" },
];

/** What the package adds to the start of Pulumi's processes. */
export const startUp: Benchmark = { name: "start-up", title: "What is loaded, and when", measure };

async function measure({ quick, report }: BenchmarkOptions): Promise<Measurement> {
  const runs = quick ? 2 : 15;
  report(`loading, ${runs} processes of each kind`);
  const program = await measureProgramLoading(runs);
  const provider = await measureProviderLoading(runs, TASK_MS);
  const own = await measureKinds(quick, report);
  const heavy = program.some(({ undici, forge }) => undici || forge);
  const atRequire = provider.slice(0, 2).some(({ undici, forge }) => undici || forge);
  return {
    notes: [
      `Each process is plain Node with the compiled package; medians of ${runs} processes, files already in the system's cache. Modules and bytes are those of the files in Node's module cache that a step added.`,
      `What a program imports ${heavy ? "LOADS" : "loads neither"} undici ${heavy ? "or" : "nor"} node-forge. Requiring \`lifecycle\` ${atRequire ? "LOADS one of them" : "loads neither"}; the tables show the step at which each comes.`,
      `The first create holds a login over a new TLS connection, a task of ${TASK_MS} ms, and the read-back with its task.`,
      describeOwnCode(own),
    ],
    tables: [
      toTable("The program's process", program),
      toTable("The provider process", provider),
      {
        title: "Our own code in check and diff of one unchanged resource",
        columns: ["resources", "mean, ms", "99 of 100 within, ms", "file accesses each", "connections"],
        rows: own.map(({ label, meanMs, p99Ms, files, connections }) => [
          label,
          rounded(meanMs, 3),
          rounded(p99Ms, 2),
          rounded(files, 1),
          connections,
        ]),
      },
    ],
    charts: [
      {
        name: "steps",
        title: "Time of each step",
        kind: "bar",
        xTitle: "step",
        x: [...program.map(({ name }) => `program: ${name}`), ...provider.map(({ name }) => `provider: ${name}`)],
        yTitle: "ms",
        series: [{ name: "median", values: [...program, ...provider].map(({ ms }) => Number(ms.toFixed(1))) }],
      },
    ],
    versions: packageVersions(),
  };
}

type KindCost = OwnCost & { readonly label: string };

function describeOwnCode(own: readonly KindCost[]): string {
  const missed = own.filter(({ meanMs }) => meanMs > GOAL_MS).map(({ label }) => `*${label}*`);
  const connections = own.reduce((sum, each) => sum + each.connections, 0);
  const reading = own.filter(({ files }) => files > 0).map(({ label }) => `*${label}*`);
  return [
    `Check and diff of an unchanged resource, our own code alone, called in process after a warm-up. The goal is ${GOAL_MS} ms in the mean:`,
    missed.length === 0 ? "met by every kind of resource." : `NOT met by ${missed.join(" and ")}, met by the others.`,
    `There were ${connections === 0 ? "no" : connections} connections, and file accesses ${reading.length === 0 ? "nowhere" : `with ${reading.join(" and ")} alone`}.`,
  ].join(" ");
}

async function measureKinds(quick: boolean, report: (line: string) => void): Promise<readonly KindCost[]> {
  const folder = await mkdtemp(join(tmpdir(), "bench-keys-"));
  let written = 0;
  const writeKey = async (pem: string): Promise<string> => {
    const file = join(folder, `${++written}.pem`);
    await writeFile(file, pem, { mode: 0o600 });
    return file;
  };
  try {
    const own: KindCost[] = [];
    for (const kind of quick ? KINDS.slice(0, 2) : KINDS) {
      report(`check and diff: ${kind.label}`);
      own.push({ label: kind.label, ...(await measureOwnCode(kind, quick ? 500 : 2_000, writeKey)) });
    }
    return own;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toTable(title: string, steps: readonly LoadingStep[]): Table {
  return {
    title,
    columns: ["step", "ms", "modules", "kB", "undici", "node-forge"],
    rows: steps.map(({ name, ms, modules, bytes, undici, forge }) => [
      name,
      rounded(ms, 1),
      modules,
      rounded(bytes / 1000),
      undici ? "loaded" : "",
      forge ? "loaded" : "",
    ]),
  };
}
