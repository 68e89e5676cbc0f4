// SPDX-License-Identifier: Apache-2.0

// Reads the jobs of a GitHub workflow that one event starts. Only the forms that our workflow uses; another one is an error.

import { runInNewContext } from "node:vm";
import type { Job, JobStep, PipelineSettings } from "./ci-job";

/** What starts a workflow, in the `github` context. */
export type GithubEvent = "pull_request" | "push" | "schedule" | "workflow_dispatch";

type Variables = Readonly<Record<string, string>>;

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly env?: Variables;
}

interface Workflow {
  readonly env: Variables;
  readonly jobs: Readonly<Record<string, { readonly if: string; readonly steps: readonly Step[] }>>;
}

/** What pulumi/actions v7 makes of its inputs: the options of the CLI, or nothing for the CLI. */
const actionInputs: Readonly<Record<string, ((value: string) => readonly string[]) | undefined>> = {
  "stack-name": (value) => ["--stack", value],
  refresh: (value) => (value === "true" ? ["--refresh"] : []),
  diff: (value) => (value === "true" ? ["--diff"] : []),
  "expect-no-changes": (value) => (value === "true" ? ["--expect-no-changes"] : []),
  "comment-on-pr": () => [],
  "comment-on-summary": () => [],
};

/**
 * Returns the jobs that run, and their scripts. The step that checks the repository out is the caller's.
 *
 * @param event - on the default branch; a pull request comes from the same repository.
 * @param settings - its `vars` and `secrets`; one that is missing is empty, as at GitHub.
 */
export function githubJobs(document: unknown, event: GithubEvent, settings: PipelineSettings): Job[] {
  const workflow = document as Workflow;
  const github = {
    event_name: event,
    ref: event === "pull_request" ? "refs/pull/1/merge" : "refs/heads/main",
    repository: "example/kms",
    workspace: settings.checkout,
    event: { pull_request: { number: 1, head: { repo: { full_name: "example/kms" } } } },
  };
  const expand = (text: unknown, env: Variables): string =>
    String(text).replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => {
      const contexts = { github, env, vars: settings.variables, secrets: settings.secrets };
      const value: unknown = runInNewContext(expression, contexts);
      return typeof value === "string" ? value : "";
    });
  const expandAll = (texts: Variables, env: Variables): Variables =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, expand(text, env)]));
  const common = expandAll(workflow.env, {});
  const toSteps = (step: Step): JobStep[] => {
    const script = step.run ?? actionScript(step, (text) => expand(text, common));
    if (script === undefined) return [];
    const environment = { ...common, RUNNER_TEMP: settings.temporary, ...expandAll(step.env ?? {}, common) };
    return [{ script, environment }];
  };
  return Object.entries(workflow.jobs)
    .filter(([, job]) => runInNewContext(job.if, { github }) === true)
    .map(([name, job]) => ({ name, steps: job.steps.flatMap(toSteps) }));
}

function actionScript(step: Step, expand: (text: unknown) => string): string | undefined {
  const action = /^(.+)@[0-9a-f]{40}$/.exec(step.uses ?? "")?.[1];
  if (action === "actions/checkout" || action === "actions/setup-node") return undefined;
  if (action !== "pulumi/actions") throw new Error(`the action ${step.uses ?? "(none)"} is unknown, or not pinned`);
  const { command, ...inputs } = step.with ?? {};
  // Without a command it only installs the CLI.
  if (command === undefined) return undefined;
  if (command !== "up" && command !== "preview")
    throw new Error(`pulumi/actions: command ${String(command)} is unknown`);
  const options = Object.entries(inputs).flatMap(([name, value]) => {
    const toOptions = actionInputs[name];
    if (toOptions === undefined) throw new Error(`pulumi/actions has no input ${name}`);
    return toOptions(expand(value));
  });
  // It drives the CLI by the Automation API, which never asks.
  const unattended = command === "up" ? ["--yes", "--skip-preview"] : [];
  return ["pulumi", command, ...unattended, ...options].join(" ");
}
