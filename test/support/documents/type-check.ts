// SPDX-License-Identifier: Apache-2.0

// Type-checks the TypeScript blocks of all pages in one compilation, each as a module of its own, against the built package.

import { resolve } from "node:path";
import ts from "typescript";
import type { CodeBlock } from "./pages";

const checkout = resolve(__dirname, "../../..");

/** What a block may use without a declaration: what its reader has. */
const readersNames = `
declare const cluster: string;
declare const keyProvider: string;
declare const certificate: string;
declare const privateKeyFile: string;
`;

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.NodeNext,
  skipLibCheck: true,
  types: ["node"],
};

/** Pages for people's tests, which are ES modules. A Pulumi program is CommonJS unless its package.json says otherwise. */
const esModules = new Set(["test/simulator/README.md"]);

/** Names that a block of one page takes from a module of the tests: where a fragment is shown, not a program. */
const fragments: Readonly<Record<string, string>> = {
  "test/README.md":
    'import { holds, sees } from "../behaviours/expectations";\nimport { create, somebodyPuts, wants } from "../behaviours/steps";\nexport default [',
};

/** Returns what the compiler says, one line each, with the page and line of the block. */
export function typeErrors(blocks: readonly CodeBlock[]): string[] {
  const texts = new Map<string, { readonly text: string; readonly place: string }>();
  const folder = resolve(checkout, "test/documents");
  blocks.forEach((block, index) => {
    const page = block.place.split(":")[0] ?? "";
    const text = fragments[page] === undefined ? `${block.text}\nexport {};\n` : `${fragments[page]}${block.text}];`;
    const extension = esModules.has(page) ? "mts" : "cts";
    texts.set(resolve(folder, `block-${String(index)}.${extension}`), { text, place: block.place });
  });
  texts.set(resolve(folder, "readers-names.d.ts"), { text: readersNames, place: "readersNames" });
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => texts.has(file) || disk.fileExists(file),
    readFile: (file) => texts.get(file)?.text ?? disk.readFile(file),
    getSourceFile: (file, languageVersion, ...more) => {
      const own = texts.get(file);
      if (own !== undefined) return ts.createSourceFile(file, own.text, languageVersion);
      return disk.getSourceFile(file, languageVersion, ...more);
    },
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((found) => {
    const message = ts.flattenDiagnosticMessageText(found.messageText, " ");
    const at = found.file === undefined ? undefined : texts.get(found.file.fileName);
    const line = found.file?.getLineAndCharacterOfPosition(found.start ?? 0).line ?? 0;
    return `${at?.place ?? found.file?.fileName ?? ""} +${String(line + 1)}: ${message}`;
  });
}
