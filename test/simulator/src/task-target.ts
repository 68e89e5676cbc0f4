// SPDX-License-Identifier: Apache-2.0
// What the `target` of a task names. VMware documents the field, not its content for this family, so a client must bear each.

/** The choices: the key provider, its cluster only, no target at all, or an object that no client knows. */
export const TASK_TARGETS = ["cluster", "key-provider", "none", "unfamiliar"] as const;

/** What a task's `target` names. */
export type TaskTarget = (typeof TASK_TARGETS)[number];

interface Targeted {
  readonly target: TaskTarget;
  readonly cluster: string;
  readonly keyProvider: string | undefined;
}

/** `DynamicID` of a task's target; undefined: the field is absent. */
export function targetOf(task: Targeted): { readonly type: string; readonly id: string } | undefined {
  const cluster = { type: "ClusterComputeResource", id: task.cluster };
  switch (task.target) {
    case "none":
      return undefined;
    case "unfamiliar":
      return { type: "com.vmware.vcenter.trusted_infrastructure.Subject", id: "subject-17" };
    case "cluster":
      return cluster;
    case "key-provider":
      // Source: `resource_types` of VMware's Python SDK 8.0.3.0 (seen in an SDK).
      return task.keyProvider === undefined
        ? cluster
        : {
            type: "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.Provider",
            id: task.keyProvider,
          };
  }
}
