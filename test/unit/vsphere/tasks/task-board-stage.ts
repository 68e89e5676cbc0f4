// SPDX-License-Identifier: Apache-2.0
// A task board with a fake vCenter and a virtual clock.

import { withDeadline } from "../../../../provider/src/core/deadline";
import type { Deadline } from "../../../../provider/src/core/deadline";
import type { HttpRequest } from "../../../../provider/src/vsphere/http/http-client";
import { TaskBoard } from "../../../../provider/src/vsphere/tasks/task-board";
import type { TaskEnd } from "../../../../provider/src/vsphere/tasks/task-wait";
import { VirtualClock } from "../../../support/clock/virtual-clock";
import { fakeVCenter } from "../fake-http";
import type { FakeAnswer, FakeVCenter } from "../fake-http";

/** A board, and what its vCenter is asked. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly vcenter: FakeVCenter;
  readonly board: TaskBoard;
  readonly lists: () => number;
  readonly gets: () => number;
}

/** A vCenter whose tasks end after `lengthMs`; `onList` may answer a list in another way. */
export function stage(
  lengthMs: (taskId: string) => number,
  onList?: (request: HttpRequest, number: number, deadline: Deadline) => FakeAnswer | Promise<FakeAnswer> | undefined,
): Stage {
  const clock = new VirtualClock();
  let lists = 0;
  let gets = 0;
  const info = (taskId: string): object =>
    clock.nowMs() >= lengthMs(taskId) ? { status: "SUCCEEDED", result: { taskId } } : { status: "RUNNING" };
  const vcenter = fakeVCenter(clock, (request, deadline) => {
    if (request.query === "action=list") {
      lists += 1;
      const own = onList?.(request, lists, deadline);
      if (own !== undefined) return own;
      const { filter_spec } = JSON.parse(request.body ?? "") as { filter_spec: { tasks: string[] } };
      return { status: 200, json: Object.fromEntries(filter_spec.tasks.map((taskId) => [taskId, info(taskId)])) };
    }
    if (request.path.startsWith("/api/cis/tasks/")) {
      gets += 1;
      return { status: 200, json: info(decodeURIComponent(request.path.split("/").at(-1) ?? "")) };
    }
    return undefined;
  });
  return { clock, vcenter, board: new TaskBoard(vcenter.api, clock), lists: () => lists, gets: () => gets };
}

/** One wait for a task, and when it ended. */
export function wait(
  { clock, board }: Stage,
  taskId: string,
  timeoutMs = 300_000,
  parent?: AbortSignal,
): Promise<{ end: TaskEnd; atMs: number }> {
  return withDeadline({ clock, timeoutMs, parent }, async (deadline) => ({
    end: await board.wait({ taskId, deadline }),
    atMs: clock.nowMs(),
  }));
}

/** As many ids. */
export const taskIds = (count: number): string[] => Array.from({ length: count }, (_, number) => `task-${number}`);
