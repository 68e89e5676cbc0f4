// SPDX-License-Identifier: Apache-2.0

// The log that the CLI (3.249 and later) writes of each command by itself: encrypted as the stack's secrets are, or only
// packed if the command ended before it knew how.

import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";

/** One log. */
export interface CliLog {
  /** `<stack>-<time>.log`, or `pulumi-<time>-<process>-<command>.log` for one that is not encrypted. */
  readonly name: string;
  readonly encrypted: boolean;
  /** In clear. */
  readonly text: string;
}

/**
 * Reads all logs of a Pulumi home.
 *
 * @param pulumiHome - may have none
 * @param decrypt - gives the text of an encrypted file
 */
export async function readCliLogs(pulumiHome: string, decrypt: (path: string) => Promise<string>): Promise<CliLog[]> {
  const folder = resolve(pulumiHome, "logs");
  const logs: CliLog[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const bytes = await readFile(resolve(folder, name));
    const encrypted = bytes.toString("latin1", 0, 4) === "PLOG";
    const text = encrypted ? await decrypt(resolve(folder, name)) : gunzipSync(bytes).toString();
    logs.push({ name, encrypted, text });
  }
  return logs;
}
