// SPDX-License-Identifier: Apache-2.0
// Errors as values.

import assert from "node:assert/strict";

/** What the work ends with; fails if it succeeds. */
export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.fail("it succeeded"),
    (error: unknown) => error,
  );
