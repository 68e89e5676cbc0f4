// SPDX-License-Identifier: Apache-2.0
// "Does a task of mine still run?" has three answers: found, none, unknown. A read alone cannot tell a task that still
// runs from a request that never arrived.

import type { KeyProvider } from "../vsphere/kms/key-provider";
import { isUsableTaskId } from "../vsphere/tasks/start-task";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import { listServiceTasks, SERVICES } from "./list-service-tasks";
import type { UnlistedTasks } from "./list-service-tasks";
import type { Operation } from "./operation";

/** Which key provider a task is about: surely ours by its target's name, surely another, or not said. @internal */
export type Ownership = "ours" | "unclear";

/** A task of the service that may have changed this key provider. @internal */
export interface FoundTask {
  readonly taskId: string;
  readonly info: TaskInfo;
  /** `unclear` may be a task of another key provider: how it ends proves nothing. */
  readonly ownership: Ownership;
  readonly isOpen: boolean;
}

/** The tasks that may have changed one key provider. @internal */
export type TaskSearch = { readonly known: true; readonly tasks: readonly FoundTask[] } | UnlistedTasks;

/**
 * A request can be taken up behind a front after its connection broke: only two lists this far apart, without an open task,
 * say that nothing is under way, milliseconds.
 *
 * @internal
 */
export const QUIET_MS = 2_000;

/** Lists the tasks that may have changed the operation's key provider; throws the end of its time. @internal */
export async function findTasks(operation: Operation, search: "all" | "open"): Promise<TaskSearch> {
  const listed = await listServiceTasks(operation, search);
  if (!listed.known) return listed;
  const tasks = candidates(listed.tasks, operation);
  return { known: true, tasks: search === "open" ? tasks.filter(({ isOpen }) => isOpen) : tasks };
}

/** Those of the listed tasks that may have changed the operation's key provider. @internal */
export function candidates(
  listed: ReadonlyMap<string, TaskInfo>,
  { connection, target, repeatsSecret }: Operation,
): FoundTask[] {
  const found: FoundTask[] = [];
  for (const [taskId, info] of listed) {
    const ownership = ownershipOf(info, target);
    if (ownership === "foreign" || !mayChange(info) || !isUsableTaskId(taskId) || repeatsSecret(taskId)) continue;
    if (connection.startedTasks.isOfAnother(taskId, target)) continue;
    const isOpen = info.status !== "SUCCEEDED" && info.status !== "FAILED";
    found.push({ taskId, info, ownership, isOpen });
  }
  return found;
}

/** Whether a task may be of this service: names are assumptions, so only the other one is excluded. @internal */
export function mayBeOfService({ service }: TaskInfo, wanted: string): boolean {
  return service === wanted || !SERVICES.includes(service);
}

/** The names of operations are assumptions: only what is clearly no change is left out. */
function mayChange({ operation }: TaskInfo): boolean {
  return !/(?:^|[._])(?:get|read|list|delete|cancel)(?:[$_]task)?$/i.test(operation);
}

/** What a task's target names is an assumption as well. Only the key provider's own id says that a task is surely ours. */
function ownershipOf({ targetId, targetType }: TaskInfo, target: KeyProvider): Ownership | "foreign" {
  if (targetId === undefined || targetId === "" || targetId === target.cluster) return "unclear";
  if ([target.keyProvider, ...["/", ":"].map((by) => target.cluster + by + target.keyProvider)].includes(targetId)) {
    return "ours";
  }
  // Another cluster (their ids have a known form), or another key provider.
  return /^domain-c\d+$/.test(targetId) || /ClusterComputeResource|Provider$/i.test(targetType ?? "")
    ? "foreign"
    : "unclear";
}
