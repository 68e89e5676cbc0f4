// SPDX-License-Identifier: Apache-2.0
// The command `pulumi-vsphere-trust-authority-simulator` (in this repository: `npm run simulate`), for people and, with
// --json, for scripts. Only words and signals live here.

import { parseArgs } from "node:util";
import type { ClusterOptions, JournalEntry, Simulator, SimulatorOptions } from "./index";
import { startSimulator } from "./index";
import { HEALTHS } from "./stated-health";
import { TASK_TARGETS } from "./task-target";

const HELP = `A simulated vCenter that speaks the Trust Authority client-certificate API over TLS.

pulumi-vsphere-trust-authority-simulator [options]

  --port <n>              TCP port; default: any free one
  --host <address>        address to listen on; default 127.0.0.1
  --user <name>           default administrator@vsphere.local
  --password <text>       default: random
  --cluster <id>          may be repeated; default domain-c8
  --key-provider <id>     may be repeated, every cluster has them all; default kms-1
  --task-duration <ms>    how long a write's task takes; default 300 (reads: 20)
  --task-target <what>    what tasks name as their target: cluster (default), key-provider, none, unfamiliar
  --profile <name>        trust-authority (default), no-trust-authority, vsphere-9
  --server-certificate <kind>  good (default), expired, wrong-host, self-signed, rsa-1024, tls1.1-only
  --refusals <how>        synchronous (default) or task
  --health <word>         what key providers report: NONE, OK, WARNING, ERROR; default: what their certificate lets expect
  --no-certificate        start with key providers that have no client certificate
  --state-file <path>     remember sessions, tasks and certificates across kill -9
  --json                  print one JSON line {url, caFile, user, password, cluster, keyProvider} and nothing else
  --help                  print this

It serves until SIGINT or SIGTERM. No real host, key server or certificate is involved.
`;

const PROFILES = ["trust-authority", "no-trust-authority", "vsphere-9"] as const;
const SERVER_CERTIFICATES = ["good", "expired", "wrong-host", "self-signed", "rsa-1024", "tls1.1-only"] as const;
const REFUSALS = ["synchronous", "task"] as const;

/** Options from the command line, and how to speak. @throws Error with a sentence for the person. */
function readCommandLine(argv: string[]): { options: SimulatorOptions; asJson: boolean; help: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: "string" },
      host: { type: "string" },
      user: { type: "string" },
      password: { type: "string" },
      cluster: { type: "string", multiple: true },
      "key-provider": { type: "string", multiple: true },
      "task-duration": { type: "string" },
      "task-target": { type: "string" },
      profile: { type: "string" },
      "server-certificate": { type: "string" },
      refusals: { type: "string" },
      health: { type: "string" },
      "no-certificate": { type: "boolean" },
      "state-file": { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const keyProviders = values["key-provider"];
  const clusters = (values.cluster ?? ["domain-c8"]).map((id): ClusterOptions =>
    keyProviders === undefined ? { id } : { id, keyProviders },
  );
  const writeMs = wholeNumber("--task-duration", values["task-duration"]);
  const options: SimulatorOptions = {
    clusters,
    ...defined("port", wholeNumber("--port", values.port)),
    ...defined("host", values.host),
    ...defined("user", values.user),
    ...defined("password", values.password),
    ...defined("taskDurationMs", writeMs === undefined ? undefined : { patch: writeMs, post: writeMs, csr: writeMs }),
    ...defined("taskTarget", oneOf("--task-target", TASK_TARGETS, values["task-target"])),
    ...defined("profile", oneOf("--profile", PROFILES, values.profile)),
    ...defined("serverCertificate", oneOf("--server-certificate", SERVER_CERTIFICATES, values["server-certificate"])),
    ...defined("refusals", oneOf("--refusals", REFUSALS, values.refusals)),
    ...defined("health", oneOf("--health", HEALTHS, values.health)),
    ...defined("initialCertificate", values["no-certificate"] === true ? null : undefined),
    ...defined("stateFile", values["state-file"]),
  };
  return { options, asJson: values.json === true, help: values.help === true };
}

function defined<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${option} must be a whole number, not "${text}"`);
}

function oneOf<T extends string>(option: string, allowed: readonly T[], text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  const found = allowed.find((each) => each === text);
  if (found !== undefined) return found;
  throw new Error(`${option} must be one of ${allowed.join(", ")}, not "${text}"`);
}

function describe(simulator: Simulator): string {
  const quote = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
  const variables = [
    `export VSPHERE_TRUST_AUTHORITY_SERVER=${quote(`${simulator.host}:${simulator.port}`)}`,
    `export VSPHERE_TRUST_AUTHORITY_USER=${quote(simulator.user)}`,
    `export VSPHERE_TRUST_AUTHORITY_PASSWORD=${quote(simulator.password)}`,
    `export VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE=${quote(simulator.caFile)}`,
  ];
  return `A simulated vCenter is serving.

  URL            ${simulator.url}
  CA file        ${simulator.caFile}
  fingerprint    ${simulator.serverFingerprint}
  user           ${simulator.user}
  password       ${simulator.password}
  cluster        ${simulator.cluster}
  key provider   ${simulator.keyProvider}

In another terminal:

  ${variables.join("\n  ")}

Each request follows as one line. Ctrl-C ends it.
`;
}

function lineOf(entry: JournalEntry): string {
  const session = entry.session === undefined ? "no session" : `session ${entry.session}`;
  const ms = Math.round((entry.endedAtMs ?? entry.startedAtMs) - entry.startedAtMs);
  const query = entry.query === "" ? "" : `?${entry.query}`;
  const complaint = entry.unexpected === undefined ? "" : `  UNEXPECTED: ${entry.unexpected}`;
  return `${entry.status ?? "---"}  ${entry.method.padEnd(6)} ${entry.rawPath}${query}  (${ms} ms, ${session})${complaint}`;
}

async function main(): Promise<void> {
  const { options, asJson, help } = readCommandLine(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const simulator = await startSimulator(options);
  const { url, caFile, user, password, cluster, keyProvider } = simulator;
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ url, caFile, user, password, cluster, keyProvider })}\n`);
  } else {
    process.stdout.write(`${describe(simulator)}\n`);
    simulator.journal.onEnd((entry) => process.stdout.write(`${lineOf(entry)}\n`));
  }
  const end = (): void => {
    void simulator.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  // npm and npx pass a signal to their shell and no further: without this, killing them would leave the server running.
  const { ppid } = process;
  if (["simulate", "npx"].includes(process.env["npm_lifecycle_event"] ?? "")) {
    setInterval(() => {
      if (process.ppid !== ppid) end();
    }, 250).unref();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `pulumi-vsphere-trust-authority-simulator: ${error instanceof Error ? error.message : String(error)}\nTry --help.\n`,
  );
  process.exitCode = 2;
});
