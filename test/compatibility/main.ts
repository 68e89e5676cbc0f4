// SPDX-License-Identifier: Apache-2.0
// `npm run compatibility`: the main job on each Node with the lowest and the newest SDK that it can have, then README's
// table. Exits 1, and leaves README as it is, if one fails.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { findPulumiCli } from "../pulumi-cli/index";
import { doMainJob } from "./main-job";
import { LOWEST_SDK, NODE_RELEASES } from "./releases";
import { withTable } from "./table";

const README = resolve(__dirname, "../../README.md");

async function main(): Promise<void> {
  const { version: engine } = await findPulumiCli();
  for (const { version: node, newestSdk } of NODE_RELEASES) {
    for (const sdk of new Set([LOWEST_SDK, newestSdk])) {
      await doMainJob(node, sdk);
      process.stdout.write(`Node ${node}, SDK ${sdk}, engine ${engine}: done\n`);
    }
  }
  writeFileSync(README, await withTable(readFileSync(README, "utf8"), README));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
