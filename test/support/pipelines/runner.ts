// SPDX-License-Identifier: Apache-2.0

// What a hosted runner does: a fresh checkout of a bare repository for every job, and its scripts one after the other.
// `npm ci` is the one command that is not the real one: it links the workspace's packages, since ours is not published.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";
import { findPulumiCli } from "../../pulumi-cli/index";
import { isolatedEnvironment } from "../engine/environment";
import type { Job, PipelineSettings } from "./ci-job";

const execute = promisify(execFile);
const modules = resolve(__dirname, "../../../node_modules");
const jobTimeoutMs = 120_000;

/** How a job or a command ended. */
export interface JobResult {
  readonly name: string;
  /** 0 if every script succeeded. */
  readonly status: number;
  readonly output: string;
}

/** A machine with the CLI, git, and a bare repository. */
export interface Runner {
  /** What a job gets before its own variables; no passphrase and no backend. */
  readonly environment: NodeJS.ProcessEnv;
  /** `file://` URL of an empty folder for a stack's state. */
  readonly backend: string;
  /** Commits files to a branch of the bare repository. */
  readonly commit: (branch: string, files: Readonly<Record<string, string>>) => Promise<void>;
  readonly merge: (branch: string) => Promise<void>;
  /** Checks a branch out into a new folder, for `use`, and removes it. */
  readonly withCheckout: <T>(branch: string, use: (place: Place) => Promise<T>) => Promise<T>;
  /** Runs the scripts of jobs; a failing script ends its job. */
  readonly run: (jobs: readonly Job[], place: Place) => Promise<JobResult[]>;
  /** Runs any command; never rejects because of its exit status. */
  readonly command: (name: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) => Promise<JobResult>;
  readonly remove: () => Promise<void>;
}

/** Where jobs run. */
export type Place = Pick<PipelineSettings, "checkout" | "temporary">;

/** Makes the machine. */
export async function makeRunner(): Promise<Runner> {
  const cli = await findPulumiCli();
  const root = await mkdtemp(resolve(tmpdir(), "pipelines-"));
  const directories = {
    home: resolve(root, "home"),
    pulumiHome: resolve(root, "pulumi-home"),
    state: resolve(root, "state"),
    temporary: resolve(root, "temporary"),
  };
  const bin = resolve(root, "bin");
  for (const folder of [...Object.values(directories), bin]) await mkdir(folder);
  const npmCi = `#!/bin/sh\n[ "$*" = ci ] || { echo "unexpected: npm $*" >&2; exit 2; }\nln -sfn '${modules}' node_modules\n`;
  await writeFile(resolve(bin, "npm"), npmCi, { mode: 0o755 });
  // gitlab-ci-local copies the checkout for jobs in containers; jobs in the shell do not use the copy.
  await writeFile(resolve(bin, "rsync"), "#!/bin/sh\n", { mode: 0o755 });
  const environment = isolatedEnvironment(cli, directories, {
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    // The types of the program are checked with all other examples.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    GIT_CONFIG_GLOBAL: "/dev/null",
    ...identity,
  });
  environment["PATH"] = [bin, environment["PATH"] ?? ""].join(delimiter);

  const command: Runner["command"] = async (name, args, cwd, env) => {
    try {
      const { stdout, stderr } = await execute(name, args, {
        cwd,
        env: { ...environment, ...env },
        timeout: jobTimeoutMs,
      });
      return { name, status: 0, output: stdout + stderr };
    } catch (error) {
      const {
        code,
        stdout = "",
        stderr = "",
        message,
      } = error as Error & { code?: unknown; stdout?: string; stderr?: string };
      return { name, status: typeof code === "number" ? code : -1, output: stdout + stderr || message };
    }
  };
  const git = async (cwd: string, ...args: string[]): Promise<void> => {
    const result = await command("git", args, cwd, {});
    if (result.status !== 0) throw new Error(`git ${args.join(" ")}: ${result.output}`);
  };
  const bare = resolve(root, "repository.git");
  const work = resolve(root, "work");
  await git(root, "init", "-q", "--bare", "-b", "main", bare);
  await git(root, "clone", "-q", bare, work);
  await git(work, "commit", "-q", "--allow-empty", "-m", "Begin");
  await git(work, "push", "-q", "origin", "HEAD:main");

  const runJob = async (job: Job, { checkout, temporary }: Place): Promise<JobResult> => {
    let output = "";
    const passedOn = resolve(temporary, `environment-of-${job.name}`);
    await writeFile(passedOn, "");
    for (const step of job.steps) {
      const lines = (await readFile(passedOn, "utf8")).split("\n").filter((line) => line !== "");
      const earlier = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))) as Record<string, string>;
      const script = resolve(temporary, "step.sh");
      await writeFile(script, step.script);
      const env = { ...step.environment, ...earlier, GITHUB_ENV: passedOn };
      const result = await command("bash", ["-e", script], checkout, env);
      output += result.output;
      if (result.status !== 0) return { name: job.name, status: result.status, output };
    }
    return { name: job.name, status: 0, output };
  };
  return {
    environment,
    backend: `file://${directories.state}`,
    command,
    commit: async (branch, files) => {
      await git(work, "checkout", "-q", "-B", branch);
      for (const [path, content] of Object.entries(files)) {
        await mkdir(resolve(work, path, ".."), { recursive: true });
        await writeFile(resolve(work, path), content);
      }
      await git(work, "add", "--all");
      await git(work, "commit", "-q", "-m", `Change ${Object.keys(files).join(", ")}`);
      await git(work, "push", "-q", "--force", "origin", branch);
    },
    merge: async (branch) => {
      await git(work, "checkout", "-q", "main");
      await git(work, "merge", "-q", "--no-ff", "-m", `Merge ${branch}`, branch);
      await git(work, "push", "-q", "origin", "main");
    },
    withCheckout: async (branch, use) => {
      const folder = await mkdtemp(resolve(root, "job-"));
      const place = { checkout: resolve(folder, "checkout"), temporary: resolve(folder, "temporary") };
      await mkdir(place.temporary);
      await git(root, "clone", "-q", "--branch", branch, bare, place.checkout);
      try {
        return await use(place);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    run: async (jobs, place) => {
      const results: JobResult[] = [];
      for (const job of jobs) results.push(await runJob(job, place));
      return results;
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

const identity = {
  GIT_AUTHOR_NAME: "Pipeline",
  GIT_AUTHOR_EMAIL: "pipeline@example.com",
  GIT_COMMITTER_NAME: "Pipeline",
  GIT_COMMITTER_EMAIL: "pipeline@example.com",
};
