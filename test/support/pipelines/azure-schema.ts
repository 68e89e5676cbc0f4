// SPDX-License-Identifier: Apache-2.0

// The schema of Azure's pipeline files that Microsoft publishes with its editor extension (MIT, 1.6 MB): the fields, and Azure's own
// tasks with their inputs.

import { findPublishedFile } from "./published-file";
import type { PipelineTools } from "./tools";

const SCHEMA = {
  path: "microsoft/azure-pipelines-vscode/e8090fd525cd6ba47d7685c698f3f51983e298c6/service-schema.json",
  sha256: "f00a9630f6550204148634d9a13f634b5750a225559886effe09a751482f0459",
};

/** Tasks of the marketplace are not in it, so one of Azure's own without inputs stands for ours. */
const [OURS, STAND_IN] = ["task: Pulumi@1", "task: NodeTool@0"];

/** Returns how many problems the schema finds in a pipeline; undefined if it is not here and cannot be downloaded. */
export async function findAzureSchema(tools: PipelineTools): Promise<((pipeline: string) => number) | undefined> {
  const text = await findPublishedFile(SCHEMA);
  if (text === undefined) return undefined;
  const problemsIn = tools.compileSchema(JSON.parse(text));
  return (pipeline) => problemsIn(tools.parseYamlAsTexts(pipeline.replaceAll(OURS, STAND_IN))).length;
}
