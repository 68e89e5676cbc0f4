// SPDX-License-Identifier: Apache-2.0
// The main job on the ends of what the package allows; `npm run compatibility` does it on all of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { downloadEntry } from "../pulumi-cli/download";
import { engineVersion } from "../pulumi-cli/go-build";
import { doMainJob } from "./main-job";
import { LOWEST_SDK, NODE_RELEASES } from "./releases";
import { withTable } from "./table";

const [oldest, newest] = [NODE_RELEASES[0], NODE_RELEASES.at(-1)];

describe("the main job", { concurrency: 1 }, () => {
  for (const [node, sdk] of [
    [newest?.version ?? "", newest?.newestSdk ?? ""],
    [oldest?.version ?? "", LOWEST_SDK],
  ] as const) {
    it(`is done on Node ${node} with the SDK ${sdk}`, () => doMainJob(node, sdk));
  }
});

describe("README", () => {
  it("has the table of what was tried", async () => {
    const path = resolve(__dirname, "../../README.md");
    const readme = readFileSync(path, "utf8");
    assert.equal(readme, await withTable(readme, path), "run `npm run compatibility`");
  });

  it("names the engine that the tests run, built or downloaded", () => {
    const readme = readFileSync(resolve(__dirname, "../../README.md"), "utf8");
    assert.ok(readme.includes(`with engine ${engineVersion().slice(1)}:`));
    assert.match(downloadEntry("/cache"), new RegExp(`/download-${engineVersion()}-`));
  });

  it("names the lowest SDK that the package allows", () => {
    const manifest = readFileSync(resolve(__dirname, "../../provider/package.json"), "utf8");
    const { peerDependencies } = JSON.parse(manifest) as { peerDependencies: Record<string, string> };
    assert.equal(peerDependencies["@pulumi/pulumi"], `^${LOWEST_SDK}`);
  });
});
