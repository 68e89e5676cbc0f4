// SPDX-License-Identifier: Apache-2.0
// What an Output-returning function waits for. As with Pulumi's own functions it does not run in a preview while a resource
// that it depends on is still to be created, even if its arguments are known.

import * as pulumi from "@pulumi/pulumi";

/** Of the SDK, but not in its declarations. */
interface DependsOn {
  gatherExplicitDependencies(dependsOn: pulumi.InvokeOutputOptions["dependsOn"]): Promise<pulumi.Resource[]>;
  getAllTransitivelyReferencedResources(
    resources: ReadonlySet<pulumi.Resource>,
    exclude: ReadonlySet<pulumi.Resource>,
  ): Promise<{ values(): Iterable<pulumi.Resource> }>;
}

/** The ids of all resources that a value or `dependsOn` refers to. @internal */
export function resourceIds(
  value: pulumi.Output<unknown>,
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
): pulumi.Output<unknown> {
  return pulumi.output(idsOf(value, dependsOn));
}

async function idsOf(
  value: pulumi.Output<unknown>,
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
): Promise<pulumi.Output<pulumi.ID>[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const sdk = require("@pulumi/pulumi/runtime/dependsOn") as DependsOn;
  const explicit = await sdk.gatherExplicitDependencies(dependsOn);
  const implied = await (value as unknown as { allResources(): Promise<Set<pulumi.Resource>> }).allResources();
  const all = await sdk.getAllTransitivelyReferencedResources(new Set([...explicit, ...implied]), new Set());
  return [...all.values()].filter((resource) => pulumi.CustomResource.isInstance(resource)).map(({ id }) => id);
}
