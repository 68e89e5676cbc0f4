// SPDX-License-Identifier: Apache-2.0

// The pipeline files of examples/gitops, as tools and rules see them. That their commands work is test/e2e/gitops.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { before, describe, it } from "node:test";
import { promisify } from "node:util";
import { skipUnless } from "../support/not-here";
import { findAzureSchema } from "../support/pipelines/azure-schema";
import type { PipelineTools } from "../support/pipelines/tools";
import { findActionlint, findPipelineTools } from "../support/pipelines/tools";

const execute = promisify(execFile);
const example = resolve(__dirname, "../../examples/gitops");
const workflowFile = resolve(example, ".github/workflows/kms-client-certificate.yml");
/** Those of this repository. */
const ourWorkflows = ["ci", "release"].map((name) => resolve(__dirname, `../../.github/workflows/${name}.yml`));
const read = (file: string): string => readFileSync(resolve(example, file), "utf8");

describe("the pipeline files of examples/gitops", () => {
  let tools: PipelineTools;
  before(async () => {
    tools = await findPipelineTools();
  });

  it("pass actionlint", async (context) => {
    const actionlint = await findActionlint();
    const skip = skipUnless(actionlint !== undefined, "actionlint is built from a Go module, and go is not here");
    if (skip !== false) {
      context.skip(skip);
      return;
    }
    assert.ok(actionlint !== undefined, "no go");
    const { stdout } = await execute(actionlint, ["-no-color", workflowFile, ...ourWorkflows]);
    assert.equal(stdout, "");
    // It would have found something.
    const broken = read(".github/workflows/kms-client-certificate.yml").replace(
      "secrets.KMS_CLIENT_KEY",
      "secretz.KEY",
    );
    const finding = execute(actionlint, ["-no-color", "-stdin-filename", "broken.yml", "-"]);
    finding.child.stdin?.end(broken);
    await assert.rejects(finding, { stdout: /undefined variable "secretz"/ });
  });

  it("are one, at Azure, for the schema that Microsoft publishes", async (context) => {
    const countProblems = await findAzureSchema(tools);
    if (countProblems === undefined) {
      context.skip("NOT RUN: the schema cannot be downloaded here");
      return;
    }
    const text = read("azure-pipelines.yml");
    assert.equal(countProblems(text), 0);
    // It would have found something.
    for (const [right, wrong] of [
      ["lockBehavior", "lockBehaviour"],
      ["versionSpec", "versionSpek"],
      ["condition: eq", "when: eq"],
    ] as const) {
      assert.notEqual(countProblems(text.replace(right, wrong)), 0, wrong);
    }
  });

  it("pin every action, ask for no permission that they do not use, and take turns on a stack", () => {
    const text = readFileSync(workflowFile, "utf8");
    for (const [line, pin] of text.matchAll(/^.*\buses: (.+)$/gm)) {
      assert.match(pin ?? "", /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, line);
    }
    const workflow = tools.parseYaml(text) as {
      permissions: object;
      jobs: Record<string, { permissions: object; concurrency: { group: string; "cancel-in-progress": boolean } }>;
    };
    assert.deepEqual(workflow.permissions, {});
    for (const [name, { permissions, concurrency }] of Object.entries(workflow.jobs)) {
      const comments = name === "preview" ? { "pull-requests": "write" } : {};
      assert.deepEqual(permissions, { contents: "read", ...comments }, name);
      assert.ok(concurrency.group.startsWith(`${name}-production`), name);
      assert.equal(concurrency["cancel-in-progress"], name === "preview", name);
    }
  });

  it("name no secret by value", () => {
    for (const file of [".github/workflows/kms-client-certificate.yml", ".gitlab-ci.yml", "azure-pipelines.yml"]) {
      for (const [line, value] of read(file).matchAll(/^.*(?:PASSWORD|PASSPHRASE|TOKEN|KEY)\w*: (.+)$/gm)) {
        assert.match(value ?? "", /^\$(\{\{ secrets\.\w+ \}\}|\(\w+(\.\w+)?\))$/, line);
      }
    }
  });
});
