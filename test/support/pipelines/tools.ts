// SPDX-License-Identifier: Apache-2.0

// The programs that check and run pipeline files: actionlint, gitlab-ci-local, a YAML parser and a JSON schema validator. Pinned by the files in
// `tools/`, installed into `.cache` once. Nothing else of the workspace needs them.

import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { cacheEntry } from "../../pulumi-cli/cache";
import { findExecutable } from "../../pulumi-cli/installation";
import { runTool } from "../../pulumi-cli/run-tool";

const folder = resolve(__dirname, "tools");
const cache = resolve(__dirname, "../../../.cache/pipeline-tools");
const report = (line: string): void => void process.stderr.write(`pipeline-tools: ${line}\n`);

/** What comes from npm. */
export interface PipelineTools {
  /** The script to run with Node. */
  readonly gitlabCiLocal: string;
  readonly parseYaml: (text: string) => unknown;
  /** Numbers and words such as `true` stay texts, as Azure's schema has them. */
  readonly parseYamlAsTexts: (text: string) => unknown;
  /** Returns a function that lists what is wrong in a value, one line each. */
  readonly compileSchema: (schema: unknown) => (value: unknown) => readonly string[];
}

/** As much of ajv as is used here. */
type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
  readonly params: { readonly additionalProperty?: string };
}

/**
 * Installs the npm tools unless they are there.
 *
 * @throws Error, with what npm said.
 */
export async function findPipelineTools(): Promise<PipelineTools> {
  const files = ["package.json", "package-lock.json"];
  const installed = await cacheEntry(
    entry("npm", files),
    async (staging) => {
      for (const file of files) copyFileSync(resolve(folder, file), resolve(staging, file));
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], staging);
    },
    report,
  );
  const load = createRequire(resolve(installed, "package.json"));
  const yaml = load("yaml") as { parse: (text: string, options?: object) => unknown };
  const { Ajv } = load("ajv") as { Ajv: new (options: object) => { compile: (schema: unknown) => Validate } };
  const gitlabCiLocal = resolve(installed, "node_modules/gitlab-ci-local/dist/index.js");
  return {
    gitlabCiLocal,
    parseYaml: (text) => yaml.parse(text),
    parseYamlAsTexts: (text) => yaml.parse(text, { schema: "failsafe" }),
    compileSchema: (schema) => {
      // Kubernetes has keywords and formats of its own; Azure has patterns that are older than Unicode's rules.
      const options = { allErrors: true, strict: false, logger: false, unicodeRegExp: false };
      const validate = new Ajv(options).compile(schema);
      return (value) => (validate(value) ? [] : (validate.errors ?? []).map(problemOf));
    },
  };
}

function problemOf({ instancePath, message, params: { additionalProperty } }: SchemaError): string {
  return `${instancePath}: ${additionalProperty === undefined ? message : `${additionalProperty} is no field`}`;
}

/** Builds actionlint unless it is there; undefined if there is no Go on PATH. */
export async function findActionlint(): Promise<string | undefined> {
  if ((await findExecutable("go", process.env["PATH"] ?? "")) === undefined) return undefined;
  const build = ["build", "-trimpath", "-o"];
  const built = await cacheEntry(
    entry("go", ["go.mod", "go.sum"]),
    (staging) => run("go", [...build, `${staging}/`, "github.com/rhysd/actionlint/cmd/actionlint"], folder),
    report,
  );
  return resolve(built, "actionlint");
}

function entry(kind: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(resolve(folder, file)));
  return resolve(cache, `${kind}-${hash.digest("hex").slice(0, 12)}`);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const environment = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly" };
  const result = await runTool(command, args, { cwd, environment, timeoutMs: 300_000 });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${result.stderr.slice(-2000)}`);
}
