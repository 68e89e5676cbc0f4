// SPDX-License-Identifier: Apache-2.0

// What the pages say works: TypeScript compiles, commands exist with the options that are shown, data parses, links lead
// somewhere.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { before, describe, it } from "node:test";
import { promisify } from "node:util";
import { scenario } from "../demo/scenario";
import { findPulumiCli } from "../pulumi-cli/index";
import type { CodeBlock, Page } from "../support/documents/pages";
import { readPages } from "../support/documents/pages";
import { commandsOf } from "../support/documents/shell-commands";
import { typeErrors } from "../support/documents/type-check";
import { findPipelineTools } from "../support/pipelines/tools";

const execute = promisify(execFile);
const checkout = resolve(__dirname, "../..");

/** Programs of the reader's machine that the pages use. */
const programs = new Set(
  [
    "awk",
    "cat",
    "cd",
    "cp",
    "curl",
    "date",
    "echo",
    "git",
    "jq",
    "kubectl",
    "node",
    "npm",
    "npx",
    "openssl",
    "printf",
  ].concat([
    "pulumi",
    "sleep",
    "tr",
    "ulimit",
    "umask",
    "vault",
    "mv",
    "rm",
    "keytool",
    "iconv",
    "base64",
    "ckms",
    "mkdir",
    "unzip",
  ]),
);
/** Commands of Pulumi with a command of their own behind them. */
const groups = new Set(["stack", "config", "state", "plugin"]);

describe("the pages", () => {
  let pages: readonly Page[];
  let blocks: readonly CodeBlock[];
  const inLanguage = (...languages: string[]): CodeBlock[] =>
    blocks.filter(({ language }) => languages.includes(language));

  before(() => {
    pages = readPages();
    blocks = pages.flatMap((page) => page.blocks);
  });

  it("know the language of every block", () => {
    // Each of the first four has its checks below. The rest is no code: output, and pictures.
    const known = ["ts", "sh", "json", "yaml", "text", "mermaid"];
    for (const { place, language, text } of blocks) {
      // A tree of folders, or output, has none.
      const isPlain = language === "" && (place.startsWith("DESIGN.md") || place.startsWith("provider/ERRORS.md"));
      assert.ok(isPlain || known.includes(language), `${place}: "${language}"\n${text}`);
    }
  });

  it("show TypeScript that compiles", () => {
    const shown = inLanguage("ts");
    assert.ok(shown.length >= 4);
    assert.deepEqual(typeErrors(shown), []);
    const wrong = { place: "nowhere:1", language: "ts", text: "const port: number = cluster;" };
    assert.match(typeErrors([wrong]).join("\n"), /^nowhere:1 \+1: Type 'string' is not assignable/);
  });

  it("show data that parses", async () => {
    const { parseYaml } = await findPipelineTools();
    for (const { place, text } of inLanguage("json")) assert.doesNotThrow(() => JSON.parse(text) as unknown, place);
    for (const { place, text } of inLanguage("yaml")) assert.doesNotThrow(() => parseYaml(text), place);
  });

  it("show scripts that bash can read, of programs that we know", () => {
    for (const { place, text } of inLanguage("sh")) {
      execFileSync("bash", ["-n"], { input: text });
      for (const [program = ""] of commandsOf(text)) assert.ok(programs.has(program), `${place}: ${program}`);
    }
  });

  it("use commands and options that Pulumi has", async () => {
    const { command } = await findPulumiCli();
    // Shows the options for update plans.
    const env = { ...process.env, PULUMI_EXPERIMENTAL: "true" };
    const help = new Map<string, Promise<string>>();
    const helpOf = (path: readonly string[]): Promise<string> => {
      const name = path.join(" ");
      const text = help.get(name) ?? execute(command, [...path, "--help"], { env }).then(({ stdout }) => stdout);
      help.set(name, text);
      return text;
    };
    for (const { place, words } of commandsIn(pages, "pulumi")) {
      const [, first = "", second = ""] = words;
      if (first === "" || first.startsWith("-")) continue;
      const path = groups.has(first) && /^[a-z]/.test(second) ? [first, second] : [first];
      const text = await helpOf(path);
      const names = [/^ {2}pulumi (.*?)(?: [[<(].*)?$/m, /^Aliases:\n {2}(.*)$/m].map(
        (lines) => lines.exec(text)?.[1] ?? "",
      );
      assert.ok(
        names
          .join(" ")
          .split(/[\s,]+/)
          .includes(path.at(-1) ?? ""),
        `${place}: ${words.join(" ")}`,
      );
      for (const option of words.filter((word) => /^--\w/.test(word)).map((word) => word.split("=")[0] ?? "")) {
        // A few are hidden in the help.
        assert.match(text, new RegExp(`(^|[ ,])${option}\\b`, "m"), `${place}: ${words.join(" ")} has no ${option}`);
      }
    }
    assert.ok(help.size > 5);
  });

  it("use commands and flags that our own programs have", async () => {
    const bins: Readonly<Record<string, string>> = {
      "pulumi-vsphere-trust-authority": "provider/bin.cjs",
      "pulumi-vsphere-trust-authority-simulator": "test/simulator/bin.cjs",
    };
    const used = commandsIn(pages, "npx").filter(({ words }) => bins[words[1] ?? ""] !== undefined);
    assert.ok(used.length >= 8);
    for (const { place, words } of used) {
      const [, program = "", ...rest] = words;
      const command = rest.filter((word) => /^[a-z]/.test(word)).slice(0, program.endsWith("simulator") ? 0 : 1);
      const bin = resolve(checkout, bins[program] ?? "");
      const { stdout } = await execute(process.execPath, [bin, ...command, "--help"]);
      for (const flag of rest.filter((word) => word.startsWith("--"))) {
        assert.match(stdout, new RegExp(`(^|[ ,])${flag}\\b`, "m"), `${place}: ${words.join(" ")}`);
      }
    }
  });

  it("use scripts that the workspace has", () => {
    const { scripts } = JSON.parse(readFileSync(resolve(checkout, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const { place, words } of commandsIn(pages, "npm")) {
      if (words[1] === "run") assert.ok(scripts[words[2] ?? ""] !== undefined, `${place}: ${words.join(" ")}`);
    }
  });

  it("show the demonstration as it is now", () => {
    const picture = readFileSync(resolve(checkout, "docs/demo.svg"), "utf8");
    for (const { title, command } of scenario) {
      for (const text of [title, command]) assert.ok(picture.includes(text), `npm run record: ${text}`);
    }
  });

  it("link to what exists", () => {
    const byFile = new Map(pages.map((page) => [resolve(checkout, page.file), page]));
    for (const { file, links } of pages) {
      for (const link of links) {
        if (/^[a-z]+:/.test(link)) {
          assert.match(new URL(link).protocol, /^(https|mailto):$/, `${file}: ${link}`);
          continue;
        }
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? resolve(checkout, file) : resolve(checkout, dirname(file), path);
        assert.ok(existsSync(target), `${file}: ${link}`);
        if (anchor !== undefined) assert.ok(byFile.get(target)?.anchors.has(anchor), `${file}: ${link}`);
      }
    }
  });
});

/** The commands of one program, in blocks and between backticks. */
function commandsIn(pages: readonly Page[], program: string): { readonly place: string; readonly words: string[] }[] {
  return pages
    .flatMap(({ file, blocks, inlineCode }) => [
      ...blocks
        .filter(({ language }) => language === "sh")
        .flatMap(({ place, text }) => commandsOf(text).map((words) => ({ place, words }))),
      ...inlineCode
        .filter((code) => code.startsWith(`${program} `))
        .flatMap((code) => commandsOf(code).map((words) => ({ place: file, words }))),
    ])
    .filter(({ words }) => words[0] === program);
}
