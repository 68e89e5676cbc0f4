// SPDX-License-Identifier: Apache-2.0
// What a program may import, written down twice: `docs/reference` for people, `provider/etc/api.md` as bare signatures, in
// which a review sees every change of the surface. `npm run reference` writes both; with --check (`npm run check`) it only
// compares them with the sources, and exits 1 if they differ.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { apiReport } from "./api-report";

const ROOT = resolve(__dirname, "../..");
const REFERENCE = join(ROOT, "docs/reference");
const REPORT = join(ROOT, "provider/etc/api.md");

/** Every file below a folder: its path and its text. */
function textsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

function writeReference(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const command = join(ROOT, "node_modules/typedoc/bin/typedoc");
  const options = ["--options", join(ROOT, "provider/typedoc.json"), "--out", folder, "--logLevel", "Warn"];
  execFileSync(process.execPath, [command, ...options], { stdio: ["ignore", "inherit", "inherit"] });
}

function main(isCheck: boolean): void {
  const report = apiReport(ROOT);
  if (!isCheck) {
    writeReference(REFERENCE);
    mkdirSync(resolve(REPORT, ".."), { recursive: true });
    writeFileSync(REPORT, report);
    return;
  }
  const fresh = join(ROOT, ".cache/reference");
  writeReference(fresh);
  const [is, mustBe] = [textsOf(REFERENCE), textsOf(fresh)];
  const names = [...new Set([...is.keys(), ...mustBe.keys()])].filter((name) => is.get(name) !== mustBe.get(name));
  const differing = names.map((name) => `docs/reference/${name}`);
  if (readFileSync(REPORT, "utf8") !== report) differing.push("provider/etc/api.md");
  if (differing.length === 0) return;
  process.stderr.write(
    `not what the sources say: ${differing.join(", ")}\nrun \`npm run reference\` and review the diff\n`,
  );
  process.exitCode = 1;
}

main(process.argv.includes("--check"));
