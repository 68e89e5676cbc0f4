// SPDX-License-Identifier: Apache-2.0

// The pages of this repository, and what is in them: code blocks, commands in the text, links and headings.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const checkout = resolve(__dirname, "../../..");
/** Dependencies and what is built. */
const notOurs = new Set(["node_modules", "dist", ".cache", ".git"]);

/** A fenced block. */
export interface CodeBlock {
  /** As `docs/drift.md:12`, for messages. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** One Markdown file. */
export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  readonly blocks: readonly CodeBlock[];
  /** Text between single backticks. */
  readonly inlineCode: readonly string[];
  readonly links: readonly string[];
  /** The anchors that GitHub gives its headings. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads every page; dependencies and built files are left out. */
export function readPages(): Page[] {
  return filesBelow(checkout).map((path) => readPage(relative(checkout, path), readFileSync(path, "utf8")));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

function readPage(file: string, text: string): Page {
  const blocks: CodeBlock[] = [];
  const prose = text.replace(
    /^( *)```(.*)\n([^]*?)^ *```$/gm,
    (whole, indent: string, language: string, code: string, offset: number) => {
      const line = text.slice(0, offset).split("\n").length;
      const unindented = code.replace(new RegExp(`^${indent}`, "gm"), "");
      blocks.push({ place: `${file}:${String(line)}`, language: language.trim(), text: unindented });
      return whole.replace(/[^\n]/g, "");
    },
  );
  const plain = prose.replace(/`[^`\n]*`/g, "");
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => anchorOf(title));
  return {
    file,
    blocks,
    inlineCode: [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = ""]) => code),
    links: [...plain.matchAll(/\]\(([^)\s]+)\)/g), ...plain.matchAll(/<img[^>]* src="([^"]+)"/g)].map(
      ([, to = ""]) => to,
    ),
    anchors: new Set(headings),
  };
}

function anchorOf(title: string): string {
  const text = title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
