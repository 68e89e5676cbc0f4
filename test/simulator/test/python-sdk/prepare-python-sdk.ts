// SPDX-License-Identifier: Apache-2.0
// VMware's Python SDK in a virtual environment that is kept in .cache/.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CACHE = join(__dirname, "../../../../.cache/python-sdk");
const REQUIREMENTS = join(__dirname, "requirements.txt");
const TIMEOUT_MS = 180_000;

/**
 * Makes the environment unless it is there for these very requirements.
 *
 * @returns the path of its python, or one sentence saying why there is none
 */
export async function preparePythonSdk(): Promise<{ readonly python: string } | { readonly missing: string }> {
  const python = join(CACHE, "bin", "python");
  const stamp = join(CACHE, "ready");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { python };
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  for (const [command, args] of [
    ["python3", ["-m", "venv", CACHE]],
    [python, pip],
  ] as const) {
    const failure = await run(command, args);
    if (failure !== undefined) return { missing: `${command} ${args.slice(0, 3).join(" ")}: ${failure}` };
  }
  writeFileSync(stamp, wanted);
  return { python };
}

/** @returns what it wrote to stderr where it failed */
function run(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { timeout: TIMEOUT_MS, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", (status) => {
      resolve(status === 0 ? undefined : stderr.trim().slice(-400));
    });
  });
}
