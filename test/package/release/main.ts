// SPDX-License-Identifier: Apache-2.0
// `npm run release`: checks that everything is ready, then packs the package and writes its SBOM into .cache/release. With
// --publish, which only the release workflow gives, it publishes that archive with provenance.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packPackage, PROVIDER } from "../../packed-package";
import { problemsOf } from "./readiness";
import { foreignLicences, makeSbom } from "./sbom";

const ROOT = resolve(__dirname, "../../..");
const FOLDER = join(ROOT, ".cache/release");

async function main(isPublished: boolean): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly repository?: unknown;
  };
  const problems = problemsOf({
    version: manifest.version,
    repository: manifest.repository,
    changelog: readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"),
    recordings: readdirSync(join(ROOT, "test/state")),
    uncommitted: execFileSync("git", ["status", "--porcelain"], { cwd: ROOT, encoding: "utf8" }),
    tag: process.env["GITHUB_REF_TYPE"] === "tag" ? process.env["GITHUB_REF_NAME"] : undefined,
  });
  const sbom = makeSbom(manifest);
  problems.push(...foreignLicences(sbom).map((name) => `${name} has a licence that is not on our list`));
  if (problems.length > 0) throw new Error(`not ready for a release:\n- ${problems.join("\n- ")}`);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const { archive, files } = await packPackage(FOLDER);
  writeFileSync(join(FOLDER, "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 2)}\n`);
  process.stdout.write(`${archive}: ${files.length} files\n`);
  if (!isPublished) return;
  execFileSync("npm", ["publish", archive, "--provenance", "--access", "public"], { cwd: ROOT, stdio: "inherit" });
}

main(process.argv.includes("--publish")).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
