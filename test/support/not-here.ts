// SPDX-License-Identifier: Apache-2.0
// Tests that need a program which a machine may lack.

/**
 * Returns what `skip` of such a test takes: its report then says what was not proved. With `TESTS_SKIP_NOTHING=1`, as in
 * `.ci/run`, nothing is skipped: the test runs, and fails.
 */
export function skipUnless(isHere: boolean, said: string): string | false {
  return !isHere && process.env["TESTS_SKIP_NOTHING"] !== "1" && `NOT RUN: ${said}`;
}
