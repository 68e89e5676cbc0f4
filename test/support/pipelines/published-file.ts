// SPDX-License-Identifier: Apache-2.0

// Files that a project publishes in its repository and no package registry has. Each is downloaded once.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { cacheEntry } from "../../pulumi-cli/cache";

const SITE = "https://raw.githubusercontent.com";
const cache = resolve(__dirname, "../../../.cache/pipeline-tools");

/** Where a file is, and which one it is. */
export interface PublishedFile {
  /** Owner, repository, tag or commit, and the path in it. */
  readonly path: string;
  readonly sha256: string;
}

/**
 * Returns the text of a file; undefined if it is not here and cannot be downloaded.
 *
 * @throws AssertionError, if the download is not the file that we know.
 */
export async function findPublishedFile({ path, sha256 }: PublishedFile): Promise<string | undefined> {
  const name = basename(path);
  const entry = resolve(cache, `${name}-${sha256.slice(0, 12)}`);
  if (!existsSync(entry)) {
    const text = await download(path);
    if (text === undefined) return undefined;
    assert.equal(createHash("sha256").update(text).digest("hex"), sha256, `SHA-256 of ${path}`);
    const report = (line: string): void => void process.stderr.write(`published-file: ${line}\n`);
    await cacheEntry(entry, (staging) => writeFile(resolve(staging, name), text), report);
  }
  return readFileSync(resolve(entry, name), "utf8");
}

async function download(path: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${SITE}/${path}`, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
