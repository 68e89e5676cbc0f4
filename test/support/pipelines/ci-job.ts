// SPDX-License-Identifier: Apache-2.0

// A job of a pipeline, reduced to what is the same in every system: steps that are a shell script with variables.

/** One script of a job. */
export interface JobStep {
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** One job that an event starts. */
export interface Job {
  readonly name: string;
  readonly steps: readonly JobStep[];
}

/** What the pipeline's system keeps for it, and where the job runs. */
export interface PipelineSettings {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the repository is checked out. */
  readonly checkout: string;
  /** A folder for the job's temporary files. */
  readonly temporary: string;
}
