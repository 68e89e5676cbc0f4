// SPDX-License-Identifier: Apache-2.0
// The poller of Azure's clients, with its default interval. The server names no Retry-After, which it would follow.

import { createHttpPoller } from "@azure/core-lro";
import type { OperationResponse } from "@azure/core-lro";
import type { Waiter } from "./waiter";

/** @azure/core-lro as its clients use it: 2 s. */
export const azureCoreLro: Waiter = {
  name: "@azure/core-lro",
  wait: async ({ taskId, look }) => {
    const request = { method: "PATCH", url: "/client-certificate" };
    const accepted: OperationResponse = {
      flatResponse: undefined,
      rawResponse: { statusCode: 202, request, headers: { "operation-location": taskId } },
    };
    const poller = createHttpPoller(
      {
        sendInitialRequest: () => Promise.resolve(accepted),
        sendPollRequest: async (url): Promise<OperationResponse> => ({
          flatResponse: undefined,
          rawResponse: {
            statusCode: 200,
            request: { method: "GET", url },
            headers: {},
            body: { status: await look() },
          },
        }),
      },
      // A last GET of the changed resource is no part of the wait.
      { skipFinalGet: true },
    );
    await poller.pollUntilDone();
  },
};
