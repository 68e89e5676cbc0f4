// SPDX-License-Identifier: Apache-2.0

// The custom resource definition of `Stack` that the Pulumi Kubernetes Operator publishes (Apache-2.0, 1.5 MB).

import { findPublishedFile } from "./published-file";
import type { PipelineTools } from "./tools";

const DEFINITION = {
  path: "pulumi/pulumi-kubernetes-operator/v2.9.0/deploy/crds/pulumi.com_stacks.yaml",
  sha256: "d8ce0513bb77d5d57753e521fd42e87a87bdaf7abda1be2584aa23c1c03ea290",
};

/** Part of a JSON schema, or a value in it. */
type Schema = string | number | boolean | null | readonly Schema[] | { readonly [name: string]: Schema };

interface Definition {
  readonly spec: { readonly versions: readonly { readonly name: string; readonly schema: SchemaOfVersion }[] };
}

interface SchemaOfVersion {
  readonly openAPIV3Schema: Schema;
}

/** Returns what the definition finds wrong in a manifest, one line each; undefined if it is not here and cannot be downloaded. */
export async function findStackDefinition(
  tools: PipelineTools,
): Promise<((manifest: unknown) => readonly string[]) | undefined> {
  const text = await findPublishedFile(DEFINITION);
  if (text === undefined) return undefined;
  const { spec } = tools.parseYaml(text) as Definition;
  const schema = spec.versions.find(({ name }) => name === "v1")?.schema.openAPIV3Schema ?? {};
  return tools.compileSchema(closed(schema));
}

/** The API server drops unknown fields without a word; here they are errors. */
function closed(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map((one: Schema) => closed(one));
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, closed(one)]));
  const isOpen = inner["properties"] === undefined || inner["x-kubernetes-preserve-unknown-fields"] === true;
  return inner["type"] === "object" && !isOpen ? { ...inner, additionalProperties: false } : inner;
}
