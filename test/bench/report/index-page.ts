// SPDX-License-Identifier: Apache-2.0
// The list of the pages that are there, whoever measured them and when.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { laidOut } from "./markdown";

/** File name of the list, which GitHub shows for the folder. */
export const INDEX_FILE = "README.md";

/**
 * The Markdown of the list.
 *
 * @param folder - where the pages lie
 */
export async function indexText(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".md") && file !== INDEX_FILE).sort();
  const lines = await Promise.all(files.map(async (file) => `- [${await titleOf(join(folder, file))}](${file})`));
  return laidOut(
    [
      "# Benchmarks",
      "Measured by `npm run bench`, which writes these pages; `npm run bench -- --help` says how to run some of them. " +
        "Every page names the machine and the versions that its figures hold for.",
      lines.join("\n"),
    ].join("\n\n"),
  );
}

async function titleOf(file: string): Promise<string> {
  const heading = /^# (.+)$/m.exec(await readFile(file, "utf8"));
  return heading?.[1] ?? file;
}
