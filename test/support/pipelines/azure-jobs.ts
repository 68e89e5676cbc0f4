// SPDX-License-Identifier: Apache-2.0

// Reads the jobs of an Azure pipeline that one reason starts. Only the forms that our pipeline uses; another one is an error.

import { runInNewContext } from "node:vm";
import type { Job, JobStep, PipelineSettings } from "./ci-job";

interface Step {
  readonly task?: string;
  readonly bash?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Pipeline {
  readonly variables: readonly { readonly group?: string; readonly name?: string; readonly value?: string }[];
  readonly stages: readonly {
    readonly condition: string;
    readonly jobs: readonly { readonly job: string; readonly steps: readonly Step[] }[];
  }[];
}

const silentTasks: readonly (string | undefined)[] = ["NodeTool@0", "Pulumi@1", "DownloadSecureFile@1"];

/**
 * Returns the jobs that run, and their scripts.
 *
 * @param reason - `Build.Reason`, on the branch main.
 * @param settings - the variable group; secure files are in `temporary`.
 */
export function azureJobs(
  document: unknown,
  reason: "PullRequest" | "IndividualCI" | "Schedule",
  settings: PipelineSettings,
): Job[] {
  const pipeline = document as Pipeline;
  const known: Record<string, string> = {
    ...settings.variables,
    ...settings.secrets,
    "Build.Reason": reason,
    "Build.SourceBranch": "refs/heads/main",
    "Build.SourcesDirectory": settings.checkout,
    "key.secureFilePath": `${settings.temporary}/kms-client.key`,
  };
  // Variables that are not secret are in the environment of every step. A variable that does not exist stays as it is written, as in Azure.
  const expand = (text: string): string =>
    text.replace(/\$\(([\w.]+)\)/g, (whole, name: string) => known[name] ?? whole);
  const functions = {
    variables: known,
    eq: (one: string, other: string) => one === other,
    isOneOf: (one: string, ...others: string[]) => others.includes(one),
    and: (...all: boolean[]) => all.every(Boolean),
  };
  const common = Object.fromEntries(
    pipeline.variables.flatMap(({ name, value }) => (name === undefined ? [] : [[name, expand(value ?? "")]])),
  ) as Record<string, string>;
  const toSteps = (step: Step): JobStep[] => {
    if (step.bash === undefined) {
      if (!silentTasks.includes(step.task)) throw new Error(`the task ${step.task ?? "(none)"} is unknown`);
      return [];
    }
    const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, expand(text)]);
    return [
      {
        script: step.bash,
        environment: { ...settings.variables, ...common, ...(Object.fromEntries(own) as Record<string, string>) },
      },
    ];
  };
  return pipeline.stages
    .filter(({ condition }) => runInNewContext(condition.replace(/\bin\(/g, "isOneOf("), functions) === true)
    .flatMap(({ jobs }) => jobs.map(({ job, steps }) => ({ name: job, steps: steps.flatMap(toSteps) })));
}
