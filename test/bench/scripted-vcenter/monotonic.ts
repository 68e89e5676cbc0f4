// SPDX-License-Identifier: Apache-2.0
// One clock for the server and for clients in other processes: the machine's monotonic one.

/** Milliseconds since an arbitrary start that all processes of this machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
