// SPDX-License-Identifier: Apache-2.0
// Who is compared, in the order in which they are printed.

import { azureCoreLro } from "./azure-core-lro";
import { fixedInterval } from "./fixed-interval";
import { googleGax } from "./google-gax";
import { ours } from "./ours";
import { smithyUtilWaiter } from "./smithy-util-waiter";
import type { Waiter } from "./waiter";

/** Ours, the libraries that cloud clients wait with, and loops with a fixed interval. */
export const WAITERS: readonly Waiter[] = [
  ours,
  azureCoreLro,
  smithyUtilWaiter,
  googleGax,
  fixedInterval(1),
  fixedInterval(2),
  fixedInterval(5),
  fixedInterval(10),
];
