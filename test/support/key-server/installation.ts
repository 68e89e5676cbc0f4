// SPDX-License-Identifier: Apache-2.0
// PyKMIP, a key server, in a virtual environment that is kept in .cache/.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheEntry } from "../../pulumi-cli/cache";

const CACHE = resolve(__dirname, "../../../.cache");
const REQUIREMENTS = join(__dirname, "requirements.txt");
/** A registry that takes longer does not answer, milliseconds. */
const WITHIN_MS = 3 * 60_000;

/** Installs it unless it is there for these very requirements, and returns the path of its python. */
export async function installPyKmip(): Promise<string> {
  const wanted = createHash("sha256")
    .update(await readFile(REQUIREMENTS))
    .digest("hex")
    .slice(0, 12);
  const install = async (staging: string): Promise<void> => {
    await run("python3", ["-m", "venv", staging]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
    await run(join(staging, "bin/python"), pip);
  };
  const entry = await cacheEntry(join(CACHE, `pykmip-${wanted}`), install, (line) =>
    process.stderr.write(`PyKMIP: ${line}\n`),
  );
  return join(entry, "bin/python");
}

async function run(command: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args, { timeout: WITHIN_MS }).catch((error: unknown) => {
    const { message, stderr = "" } = error as Error & { stderr?: string };
    const said = stderr.trim().slice(-600) || message;
    throw new Error(
      `these tests need a real key server, and PyKMIP could not be installed. They need python3 (3.11 was tried) with its venv module, and pypi.org once. Failed: ${command} ${args.slice(0, 3).join(" ")}: ${said}`,
    );
  });
}
