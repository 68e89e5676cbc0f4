// SPDX-License-Identifier: Apache-2.0

// The pipeline files of examples/gitops, as tools and rules see them. That their commands work is test/e2e/gitops.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { PipelineTools } from "../support/pipelines/tools";
import { findActionlint, findPipelineTools } from "../support/pipelines/tools";

const execute = promisify(execFile);
const example = resolve(__dirname, "../../examples/gitops");
const workflowFile = resolve(example, ".github/workflows/kms-client-certificate.yml");
/** Those of this repository. */
const ourWorkflows = ["ci", "release"].map((name) => resolve(__dirname, `../../.github/workflows/${name}.yml`));
const read = (file: string): string => readFileSync(resolve(example, file), "utf8");

/**
 * The fields of a `Stack` (pulumi.com/v1, operator 2.9) that our manifest may use, with their types. Written down from the
 * custom resource definition that Pulumi publishes; a field that is not here is an error, as the API server makes it one.
 */
const pod = "spec.workspaceTemplate.spec.podTemplate.spec";
const stackFields: Readonly<Record<string, string>> = {
  apiVersion: "string",
  kind: "string",
  "metadata.name": "string",
  "metadata.namespace": "string",
  "spec.serviceAccountName": "string",
  "spec.stack": "string",
  "spec.backend": "string",
  "spec.projectRepo": "string",
  "spec.branch": "string",
  "spec.shallow": "boolean",
  "spec.refresh": "boolean",
  "spec.continueResyncOnCommitMatch": "boolean",
  "spec.resyncFrequencySeconds": "number",
  "spec.destroyOnFinalize": "boolean",
  "spec.envRefs.*.type": "string",
  "spec.envRefs.*.secret.name": "string",
  "spec.envRefs.*.secret.key": "string",
  "spec.envRefs.*.literal.value": "string",
  "spec.workspaceTemplate.spec.image": "string",
  [`${pod}.terminationGracePeriodSeconds`]: "number",
  [`${pod}.containers.#.name`]: "string",
  [`${pod}.containers.#.volumeMounts.#.name`]: "string",
  [`${pod}.containers.#.volumeMounts.#.mountPath`]: "string",
  [`${pod}.containers.#.volumeMounts.#.readOnly`]: "boolean",
  [`${pod}.volumes.#.name`]: "string",
  [`${pod}.volumes.#.secret.secretName`]: "string",
  [`${pod}.volumes.#.secret.defaultMode`]: "number",
};

/** Every leaf of a document: its path, with `#` for an index and `*` for a name below envRefs, and its value. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => leaves(one, `${path}.#`));
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, one]) => {
    const shown = path === "spec.envRefs" ? "*" : name;
    return leaves(one, path === "" ? shown : `${path}.${shown}`);
  });
}

describe("the pipeline files of examples/gitops", () => {
  let tools: PipelineTools;
  before(async () => {
    tools = await findPipelineTools();
  });

  it("pass actionlint", async (context) => {
    const actionlint = await findActionlint();
    if (actionlint === undefined) {
      context.skip("actionlint is built from a Go module, and there is no go on PATH");
      return;
    }
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

  it("use only fields that a Stack has, and keep what a dynamic provider needs", () => {
    const stack = tools.parseYaml(read("kubernetes/stack.yaml"));
    for (const [path, value] of leaves(stack))
      assert.equal(typeof value, stackFields[path], `${path}: ${String(value)}`);
    const values = Object.fromEntries(leaves(stack));
    assert.equal(values["spec.destroyOnFinalize"], false);
    const timeoutSeconds = Number(/timeoutSeconds: (\d+)/.exec(read("index.ts"))?.[1]);
    assert.ok(Number(values[`${pod}.terminationGracePeriodSeconds`]) > timeoutSeconds);
    const argo = tools.parseYaml(read("kubernetes/argocd-cm.yaml")) as { data: Record<string, string> };
    assert.deepEqual(Object.keys(argo.data), ["resource.customizations.health.pulumi.com_Stack"]);
  });

  it("name no secret by value", () => {
    for (const file of [".github/workflows/kms-client-certificate.yml", ".gitlab-ci.yml", "azure-pipelines.yml"]) {
      for (const [line, value] of read(file).matchAll(/^.*(?:PASSWORD|PASSPHRASE|TOKEN|KEY)\w*: (.+)$/gm)) {
        assert.match(value ?? "", /^\$(\{\{ secrets\.\w+ \}\}|\(\w+(\.\w+)?\))$/, line);
      }
    }
  });
});
