// SPDX-License-Identifier: Apache-2.0

// A stack for end-to-end tests: a program run by the real Pulumi engine, apart from the user's login and settings. What
// the program manages belongs to the test.

import { readFile, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { findPulumiCli } from "../../pulumi-cli/index";
import type { Connection } from "../vcenter-environment";
import { vcenterEnvironment } from "../vcenter-environment";
import type { CliLog } from "./cli-logs";
import { readCliLogs } from "./cli-logs";
import { isolatedEnvironment } from "./environment";
import { offerProgram } from "./inline-program";
import type { Operation, OperationOptions, OperationResult } from "./operation";
import { startOperation } from "./operation";
import type { Program } from "./project";
import { makeProject, readAll, writeFiles } from "./project";
import type { ExportedState } from "./state";
import { parseState } from "./state";

export type { Diagnostic, Step } from "./events";
export type { Operation, OperationResult } from "./operation";
export type { Program } from "./project";
export type { ExportedState, StateResource } from "./state";

/** What a stack is made of. */
export interface StackOptions {
  readonly program: Program;
  /** The name of the stack, by default `test`. */
  readonly name?: string;
  /** Configuration in plain text; a key without a namespace gets the project's name. */
  readonly config?: Readonly<Record<string, string>>;
  /** Configuration that is stored encrypted. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables for the CLI, the program and the provider; they win over what the harness sets. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The server whose address and account the provider gets through its environment variables. */
  readonly simulator?: Connection;
  /**
   * Runs the project's `index.js` in this process, which takes half the time; it gets no variables of the stack's, and a
   * run of it cannot be killed. Default false.
   */
  readonly inline?: boolean;
  /** The directory whose modules a program made of files gets. Default: the checkout's own. */
  readonly below?: string;
  /** The directory of the `node` that runs program and provider. Default: that of this process. */
  readonly nodeDirectory?: string;
  /** By default output is captured. */
  readonly display?: OperationOptions["display"];
  /** For each run of the CLI, by default 120 s. */
  readonly timeoutMs?: number;
}

const engineCommands = ["up", "preview", "refresh", "destroy"] as const;

/** The commands that run the engine. */
export type EngineCommand = (typeof engineCommands)[number];

/** A stack of its own backend. Each command adds `--yes` and `--skip-preview` unless it only previews, and takes more arguments. */
export interface Stack {
  /** The project's directory, in which the program runs unless its Pulumi.yaml names another. */
  readonly directory: string;
  /** Starts a command without waiting for it. */
  readonly start: (command: EngineCommand, args?: readonly string[]) => Operation;
  readonly up: (args?: readonly string[]) => Promise<OperationResult>;
  readonly preview: (args?: readonly string[]) => Promise<OperationResult>;
  readonly refresh: (args?: readonly string[]) => Promise<OperationResult>;
  readonly destroy: (args?: readonly string[]) => Promise<OperationResult>;
  /** Any other command, captured, in the directory with the stack's settings; rejects unless its exit status is 0. */
  readonly run: (args: readonly string[]) => Promise<string>;
  readonly setConfig: (key: string, value: string, kind?: "plaintext" | "secret") => Promise<void>;
  /** Replaces variables for the commands that follow; an undefined value removes one. */
  readonly setEnvironment: (more: NodeJS.ProcessEnv) => void;
  /** The variables with which the CLI runs, for a process that runs it by itself. */
  readonly environment: () => NodeJS.ProcessEnv;
  /** Writes files of the program; not for an existing project, which stays untouched. */
  readonly writeFiles: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly exportState: () => Promise<ExportedState>;
  /** Replaces the state, for example by that of an earlier release. */
  readonly importState: (text: string) => Promise<void>;
  /** The stack's outputs, secret ones in clear. */
  readonly outputs: () => Promise<Readonly<Record<string, unknown>>>;
  /** Every file of the backend (state, its backups, history) in one text: to look for what must not be there. */
  readonly backendText: () => Promise<string>;
  /** The logs that the CLI has written by itself, in clear. */
  readonly cliLogs: () => Promise<readonly CliLog[]>;
  /** Kills what still runs and removes everything on disk; doesn't destroy resources. */
  readonly remove: () => Promise<void>;
}

/**
 * Makes a project, an empty stack in a file backend of its own, and its configuration.
 *
 * @throws Error, when there is no CLI or it refuses the project; nothing stays on disk then.
 */
export async function makeStack(options: StackOptions): Promise<Stack> {
  const found = await findPulumiCli();
  // Program and provider run on the Node that runs the tests.
  const node = options.nodeDirectory ?? dirname(process.execPath);
  const cli = { ...found, directories: [...found.directories, node] };
  const project = await makeProject(options.program, options.below);
  const inline = options.inline ? await offerProgram(resolve(project.directory, "index.js")) : undefined;
  const name = options.name ?? "test";
  const display = options.display ?? "captured";
  const timeoutMs = options.timeoutMs ?? 120_000;
  let more: NodeJS.ProcessEnv = {
    ...(options.simulator && vcenterEnvironment(options.simulator)),
    ...options.environment,
  };
  const settingsFile = resolve(project.settings, `Pulumi.${name}.yaml`);
  const operations: Operation[] = [];

  const launch = (cwd: string, args: readonly string[], shown: OperationOptions["display"]): Operation => {
    const eventLog = resolve(project.home, `events-${operations.length}.json`);
    const environment = isolatedEnvironment(cli, project, more);
    // Global options come first: what follows "--" in args is not for the CLI.
    const quiet = shown === "terminal" ? [] : ["--non-interactive", "--color", "never"];
    const logged = engineCommands.some((command) => command === args[0]) ? ["--event-log", eventLog] : [];
    const operation = startOperation({
      command: cli.command,
      args: [...quiet, ...args, ...logged],
      cwd,
      environment,
      eventLog,
      timeoutMs,
      display: shown,
    });
    operations.push(operation);
    return operation;
  };
  const run = async (args: readonly string[]): Promise<string> => {
    const result = await launch(project.settings, args, "captured").result;
    if (result.status !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${result.stdout}\n${result.stderr}`);
    return result.stdout;
  };
  const start = (command: EngineCommand, args: readonly string[] = []): Operation => {
    // A command that only previews asks nothing, and refuses to be told --yes.
    const asks = command !== "preview" && !args.includes("--preview-only");
    const unattended = asks ? ["--yes", "--skip-preview"] : [];
    const stack = ["--stack", name, "--config-file", settingsFile];
    const client = command === "up" || command === "preview" ? (inline?.options ?? []) : [];
    return launch(project.directory, [command, ...unattended, ...stack, ...client, ...args], display);
  };
  const stack: Stack = {
    directory: project.directory,
    start,
    up: (args) => start("up", args).result,
    preview: (args) => start("preview", args).result,
    refresh: (args) => start("refresh", args).result,
    destroy: (args) => start("destroy", args).result,
    run,
    setConfig: async (key, value, kind = "plaintext") => {
      await run(["config", "set", "--stack", name, `--${kind}`, key, "--", value]);
    },
    environment: () => isolatedEnvironment(cli, project, more),
    setEnvironment: (variables) => {
      more = { ...more, ...variables };
    },
    writeFiles: async (files) => {
      if (project.directory !== project.settings) throw new Error(`${project.directory} is not ours to write to`);
      await writeFiles(project.directory, files);
    },
    exportState: async () => parseState(await run(["stack", "export", "--stack", name])),
    importState: async (text) => {
      const file = resolve(project.home, "import.json");
      await writeFiles(project.home, { "import.json": text });
      await run(["stack", "import", "--stack", name, "--file", file]);
      await rm(file);
    },
    outputs: async () => {
      const text = await run(["stack", "output", "--stack", name, "--json", "--show-secrets"]);
      return JSON.parse(text) as Record<string, unknown>;
    },
    backendText: () => readAll(project.state),
    cliLogs: () => readCliLogs(project.pulumiHome, (path) => run(["logs", "decrypt", path, "--stack", name])),
    remove: async () => {
      for (const operation of operations) operation.reap();
      inline?.close();
      await project.remove();
    },
  };
  try {
    await run(["stack", "init", name]);
    for (const [kind, values] of [
      ["plaintext", options.config ?? {}],
      ["secret", options.secrets ?? {}],
    ] as const) {
      const pairs = Object.entries(values).flatMap(([key, value]) => [`--${kind}`, `${key}=${value}`]);
      if (pairs.length > 0) await run(["config", "set-all", "--stack", name, ...pairs]);
    }
    await readFile(settingsFile);
  } catch (error) {
    await stack.remove();
    throw error;
  }
  return stack;
}
