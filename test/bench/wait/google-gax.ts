// SPDX-License-Identifier: Apache-2.0
// The long-running operation of Google Cloud's clients, with its default back-off: 100 ms × 1.3^n, 60 s at most.

import { createDefaultBackoffSettings, LongrunningDescriptor, Operation, operationsProtos, protobuf } from "google-gax";
import type { OperationsClient } from "google-gax";
import type { Waiter } from "./waiter";

/** google-gax's Operation with its defaults; only its transport is replaced. */
export const googleGax: Waiter = {
  name: "google-gax",
  wait: async ({ taskId, look }) => {
    const getOperationInternal = async (): Promise<unknown[]> => [
      { name: taskId, done: (await look()) === "SUCCEEDED" },
    ];
    // Operation calls nothing else of its client.
    const client = { getOperationInternal } as unknown as OperationsClient;
    const decode = (): protobuf.Message => new protobuf.Message();
    const operation = new Operation(
      operationsProtos.google.longrunning.Operation.create({ name: taskId, done: false }),
      new LongrunningDescriptor(client, decode, decode),
      createDefaultBackoffSettings(),
    );
    await operation.promise();
  },
};
