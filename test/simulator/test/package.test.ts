// SPDX-License-Identifier: Apache-2.0
// The package as people install it: its file list, its command, and that it needs nothing but its own dependencies.
// Needs a build (`npx tsc -b test/simulator`), as `npm test` makes one.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";

const PACKAGE = resolve(__dirname, "..");
const manifest = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
};

/** Names of the files that `npm pack` takes. */
function packedFiles(): string[] {
  const said = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: PACKAGE });
  const [packed] = JSON.parse(said.toString()) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path);
}

describe("the simulator as a package", () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-package-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("holds its compiled files, its command and its README, and nothing else", () => {
    const files = packedFiles();
    const others = files.filter((file) => !/^dist\/[a-z-]+\.(js|d\.ts)$/.test(file));
    assert.deepEqual(others.sort(), ["LICENSE", "README.md", "bin.cjs", "package.json"]);
    assert.ok(files.includes("dist/index.d.ts") && files.includes("dist/cli.js"));
  });

  it("starts from its packed files alone", () => {
    for (const file of packedFiles()) cpSync(join(PACKAGE, file), join(folder, file));
    assert.equal(existsSync(join(folder, "src")), false);
    const command = join(folder, Object.values(manifest.bin)[0] ?? "");
    // The dependencies are found as if they were installed beside the package.
    const environment = { ...process.env, NODE_PATH: resolve(PACKAGE, "../../node_modules") };
    const { status, stdout } = spawnSync(process.execPath, [command, "--help"], { env: environment, encoding: "utf8" });
    assert.equal(status, 0);
    assert.match(stdout, /^pulumi-vsphere-trust-authority-simulator \[options\]$/m);
  });

  it("imports Node's modules, its dependencies and its own files only", () => {
    const texts = packedFiles()
      .filter((file) => file.endsWith(".js"))
      .map((file) => readFileSync(join(PACKAGE, file), "utf8"));
    const imported = texts.flatMap((text) => [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name = ""]) => name));
    const foreign = imported.filter(
      (name) => !/^\.\/[a-z-]+$/.test(name) && !builtinModules.includes(name.replace(/^node:/, "")),
    );
    assert.deepEqual([...new Set(foreign)].sort(), Object.keys(manifest.dependencies).sort());
  });
});
