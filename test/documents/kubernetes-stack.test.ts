// SPDX-License-Identifier: Apache-2.0

// The manifests for the Pulumi Kubernetes Operator and Argo CD in examples/gitops.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { before, describe, it } from "node:test";
import { findStackDefinition } from "../support/pipelines/stack-definition";
import type { PipelineTools } from "../support/pipelines/tools";
import { findPipelineTools } from "../support/pipelines/tools";

const example = resolve(__dirname, "../../examples/gitops");
const read = (file: string): string => readFileSync(resolve(example, file), "utf8");

/** The fields of a `Stack` (pulumi.com/v1, operator 2.9) that our manifest uses, with their types. */
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

describe("the Stack of examples/gitops", () => {
  let tools: PipelineTools;
  let stack: unknown;
  before(async () => {
    tools = await findPipelineTools();
    stack = tools.parseYaml(read("kubernetes/stack.yaml"));
  });

  it("is one for the definition that the operator publishes", async (context) => {
    const problemsIn = await findStackDefinition(tools);
    if (problemsIn === undefined) {
      context.skip("NOT RUN: the definition cannot be downloaded here; the list of fields below was checked instead");
      return;
    }
    assert.deepEqual(problemsIn(stack), []);
    const withWrongName = tools.parseYaml(read("kubernetes/stack.yaml").replace("resyncFrequency", "resyncFrequenzy"));
    assert.deepEqual(problemsIn(withWrongName), ["/spec: resyncFrequenzySeconds is no field"]);
    const withWrongType = tools.parseYaml(read("kubernetes/stack.yaml").replace("shallow: true", "shallow: often"));
    assert.deepEqual(problemsIn(withWrongType), ["/spec/shallow: must be boolean"]);
  });

  it("use only fields that a Stack has, and keep what a dynamic provider needs", () => {
    for (const [path, value] of leaves(stack))
      assert.equal(typeof value, stackFields[path], `${path}: ${String(value)}`);
    const values = Object.fromEntries(leaves(stack));
    assert.equal(values["spec.destroyOnFinalize"], false);
    const timeoutSeconds = Number(/timeoutSeconds: (\d+)/.exec(read("index.ts"))?.[1]);
    assert.ok(Number(values[`${pod}.terminationGracePeriodSeconds`]) > timeoutSeconds);
    const argo = tools.parseYaml(read("kubernetes/argocd-cm.yaml")) as { data: Record<string, string> };
    assert.deepEqual(Object.keys(argo.data), ["resource.customizations.health.pulumi.com_Stack"]);
  });
});
