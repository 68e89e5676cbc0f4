// SPDX-License-Identifier: Apache-2.0
// Where something was measured: figures hold for a machine and for versions.

import { arch, cpus, release, totalmem, type } from "node:os";

/**
 * Facts about this machine and its Node, by their headings.
 *
 * @returns in the order in which they are to be read
 */
export function machine(): Readonly<Record<string, string>> {
  const processors = cpus();
  return {
    node: process.versions.node,
    "operating system": `${type()} ${release()} (${arch()})`,
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
  };
}
