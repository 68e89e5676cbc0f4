// SPDX-License-Identifier: Apache-2.0

// Where a Pulumi CLI that we fetched or built is kept, and how two processes share that place. What is put into it, and
// in which order sources are tried, stands elsewhere.

import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const checkout = resolve(__dirname, "../..");

/** A lock older than this belongs to a process that is gone, also where its process id was given out again. */
const lockAgeMs = 30 * 60_000;

/**
 * The directory that keeps built and downloaded CLIs: `PULUMI_CLI_CACHE`, else `.cache/pulumi-cli` of this checkout, which
 * needs no home directory and goes away with the checkout.
 *
 * @param environment - the variables to read; empty counts as unset.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const chosen = environment["PULUMI_CLI_CACHE"];
  return chosen === undefined || chosen === "" ? resolve(checkout, ".cache/pulumi-cli") : resolve(chosen);
}

/**
 * Returns the directory `entry`, filling it first when it isn't there. It appears by one rename, so whoever sees it sees
 * all of it; the lock beside it only saves a second process the same minutes of work.
 *
 * @param entry - absolute path; its last part names everything that the content depends on.
 * @param fill - writes the content into the empty directory that it is given.
 * @param report - receives one line for people while another process is waited for.
 * @throws what `fill` throws; nothing of a failed attempt stays.
 */
export async function cacheEntry(
  entry: string,
  fill: (staging: string) => Promise<void>,
  report: (line: string) => void,
): Promise<string> {
  await mkdir(resolve(entry, ".."), { recursive: true });
  const lock = `${entry}.lock`;
  let announced = false;
  while (!(await exists(entry))) {
    if (!(await tryLock(lock))) {
      if (!announced) report(`another process is preparing ${entry}; waiting for it (its lock: ${lock})`);
      announced = true;
      await sleep(500);
      continue;
    }
    try {
      if (!(await exists(entry))) await fillAndPublish(entry, fill);
    } finally {
      await rm(lock, { force: true });
    }
  }
  return entry;
}

/** Whether something stands at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function fillAndPublish(entry: string, fill: (staging: string) => Promise<void>): Promise<void> {
  await removeAbandoned(entry);
  const staging = `${entry}.staging-${process.pid}`;
  await mkdir(staging);
  try {
    await fill(staging);
    await rename(staging, entry);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Without a working lock (a stale one, taken over twice) another process may have been faster: its work is as good.
    if (!(await exists(entry))) throw error;
  }
}

async function removeAbandoned(entry: string): Promise<void> {
  const prefix = `${entry}.staging-`;
  for (const name of await readdir(resolve(entry, ".."))) {
    const path = resolve(entry, "..", name);
    if (path.startsWith(prefix) && !isAlive(Number(path.slice(prefix.length)))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const [owner, written] = await Promise.all([
    readFile(lock, "utf8").catch(() => ""),
    stat(lock).catch(() => undefined),
  ]);
  if (written === undefined) return false;
  const ageMs = Date.now() - written.mtimeMs;
  // An empty lock is one whose owner is just about to write its process id.
  const abandoned = owner === "" ? ageMs > 5_000 : !isAlive(Number(owner)) || ageMs > lockAgeMs;
  if (abandoned) await rm(lock, { force: true });
  return false;
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
