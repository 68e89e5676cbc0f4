// SPDX-License-Identifier: Apache-2.0

// The CLI built from Go modules, for machines that reach a Go module registry but not Pulumi's download site. The exact
// modules are pinned by the go.mod and go.sum files in the two folders beside this file.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { totalmem } from "node:os";
import { resolve } from "node:path";
import { cacheEntry } from "./cache";
import { dynamicProviderScript, executables, findExecutable } from "./installation";
import { runTool } from "./run-tool";

const buildWithinMs = 25 * 60_000;
const progressEveryMs = 10_000;
/** With this much memory the compiler may collect its garbage less often: that saves an eighth of the time (measured). */
const muchMemoryBytes = 8 * 1024 ** 3;

interface Program {
  readonly folder: string;
  readonly module: string;
  readonly package: string;
}

const programs: readonly Program[] = [
  {
    folder: resolve(__dirname, "engine"),
    module: "github.com/pulumi/pulumi/pkg/v3",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  },
  {
    folder: resolve(__dirname, "language-host"),
    module: "github.com/pulumi/pulumi/sdk/v3",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];

/**
 * For all packages; the last one that matches counts. Nobody debugs this CLI, and only Go's own library gains by inlining (the
 * derivation of the key that encrypts secrets): two thirds of the time of a build, and no run takes longer (measured).
 */
const COMPILER_FLAGS = ["-gcflags=all=-l -dwarf=false", "-gcflags=std=-dwarf=false"];

/** The same flags for both; the Automation API refuses a CLI that can't say its version. */
function buildArguments(program: Program, binDirectory: string): string[] {
  const version = pinnedVersion(program);
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  const tags = ["-tags", "osusergo,grpcnotrace"];
  const options = ["-v", "-o", `${binDirectory}/`, "-trimpath", ...COMPILER_FLAGS, ...tags, "-ldflags", flags];
  return ["build", ...options, program.package];
}

/** The directory, in the cache, of the CLI that is built from the pinned modules. It may not be there yet. */
export function goBuildEntry(cache: string): string {
  const hash = createHash("sha256");
  for (const program of programs) {
    const { folder } = program;
    hash
      .update(buildArguments(program, "").join(" "))
      .update(readFileSync(resolve(folder, "go.mod")))
      .update(readFileSync(resolve(folder, "go.sum")));
  }
  const content = hash.digest("hex").slice(0, 12);
  return resolve(cache, `go-${pinnedVersion(programs[0])}-${process.platform}-${process.arch}-${content}`);
}

/**
 * Builds the CLI from Go modules into the cache, unless it is there. A first build takes 3 to 7 minutes on two cores.
 *
 * @param cache - the cache directory; Go's own caches go there too where there is no home directory.
 * @returns the directory with the executables.
 * @throws Error, when there is no Go, or with the end of what the failing build printed.
 */
export async function buildCli(cache: string, report: (line: string) => void): Promise<string> {
  const fill = (staging: string): Promise<void> => build(staging, cache, report);
  return resolve(await cacheEntry(goBuildEntry(cache), fill, report), "bin");
}

async function build(staging: string, cache: string, report: (line: string) => void): Promise<void> {
  if ((await findExecutable("go", process.env["PATH"] ?? "")) === undefined) throw new Error("there is no go on PATH");
  const bin = resolve(staging, "bin");
  await mkdir(bin);
  const ownCaches = resolve(cache, "go-caches");
  for (const program of programs) await buildOne(program, bin, goEnvironment(ownCaches), report);
  const script = resolve(bin, executables[2]);
  await copyFile(dynamicProviderScript, script);
  await chmod(script, 0o755);
  // Two gigabytes that only another build would use.
  await rm(ownCaches, { recursive: true, force: true });
}

async function buildOne(
  program: Program,
  bin: string,
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<void> {
  const what = `${program.package.split("/").at(-1) ?? ""} ${pinnedVersion(program)}`;
  const startedMs = Date.now();
  let downloaded = 0;
  let compiled = 0;
  const progress = (): void => {
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    report(`building ${what}: ${downloaded} modules downloaded, ${compiled} packages compiled, ${seconds} s`);
  };
  progress();
  const ticker = setInterval(progress, progressEveryMs);
  const result = await runTool("go", buildArguments(program, bin), {
    cwd: program.folder,
    environment,
    timeoutMs: buildWithinMs,
    // Tests that need no engine run meanwhile.
    inBackground: true,
    onLine: (line) => {
      if (line.startsWith("go: downloading ")) downloaded += 1;
      else compiled += 1;
    },
  });
  clearInterval(ticker);
  if (result.timedOut) throw new Error(`go build of ${what} took more than ${buildWithinMs / 60_000} minutes`);
  if (result.status !== 0) throw new Error(`go build of ${what} failed:\n${result.stderr.trim().slice(-1500)}`);
  progress();
}

function goEnvironment(ownCaches: string): NodeJS.ProcessEnv {
  const { HOME: home, GOPATH: path, GOCACHE: cache, GOMODCACHE: modules, GOFLAGS: given = "" } = process.env;
  const flags = `${given} -mod=readonly`.trim();
  const environment: NodeJS.ProcessEnv = { ...process.env, GOWORK: "off", GOFLAGS: flags };
  const homeless = home === undefined || home === "";
  if (homeless && !path && !modules) {
    environment["GOPATH"] = resolve(ownCaches, "path");
    // Without this flag the module cache is read-only, and nobody could simply remove it.
    environment["GOFLAGS"] = `${flags} -modcacherw`;
  }
  if (totalmem() >= muchMemoryBytes) environment["GOGC"] ??= "400";
  if (homeless && !cache) environment["GOCACHE"] = resolve(ownCaches, "build");
  return environment;
}

/** The engine's version that go.mod pins, e.g. `v3.274.1`: what the tests run, built or downloaded. */
export function engineVersion(): string {
  return pinnedVersion(programs[0]);
}

function pinnedVersion(program: Program | undefined): string {
  if (program === undefined) return "";
  const modules = readFileSync(resolve(program.folder, "go.mod"), "utf8");
  // In a block of requirements, or on a line of its own.
  const line = modules
    .split("\n")
    .find((text) => text.replace(/^\s*(require\s+)?/, "").startsWith(`${program.module} `));
  const version = /\sv[\w.-]+/.exec(line ?? "")?.[0].trim();
  if (version === undefined) throw new Error(`${program.folder}/go.mod does not require ${program.module}`);
  return version;
}
