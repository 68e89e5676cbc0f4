// SPDX-License-Identifier: Apache-2.0
// The provider's sources as plain JavaScript in a scratch folder. Ten thousand histories import modules millions of
// times: `import()` compiled to `require` costs nothing, while each one through a TypeScript loader is a round trip to
// its thread (measured: half of a run's time).

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

const PROVIDER = join(__dirname, "../../provider");
/** Where the provider's sources stand. */
export const PROVIDER_SOURCES: string = join(PROVIDER, "src");

/** A folder of compiled sources. */
export interface CompiledProvider {
  /** To load the provider from. */
  readonly folder: string;
  /** Deletes it. */
  remove(): void;
}

/** One source file: its path within the sources, with slashes, and its text. */
export type SourceFiles = ReadonlyMap<string, string>;

/**
 * Reads the provider's sources.
 *
 * @returns every TypeScript file of it
 */
export function readSources(folder: string = PROVIDER_SOURCES): SourceFiles {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return new Map(names.map((name) => [name.split("\\").join("/"), readFileSync(join(folder, name), "utf8")]));
}

/**
 * Compiles sources without looking at their types.
 *
 * @returns a scratch folder in which the provider's dependencies resolve
 */
export function compileProvider(sources: SourceFiles): CompiledProvider {
  const root = mkdtempSync(join(tmpdir(), "model-provider-"));
  const folder = join(root, "provider", "src");
  for (const [name, text] of sources) {
    const path = join(folder, name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, compiled(text));
  }
  symlinkSync(join(PROVIDER, "node_modules"), join(root, "provider", "node_modules"));
  symlinkSync(join(PROVIDER, "../node_modules"), join(root, "node_modules"));
  return {
    folder,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const compiledTexts = new Map<string, string>();

/** Mutants differ in one file: the others are compiled once. */
function compiled(text: string): string {
  let javascript = compiledTexts.get(text);
  if (javascript === undefined) {
    const options = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true };
    javascript = transpileModule(text, { compilerOptions: options }).outputText;
    compiledTexts.set(text, javascript);
  }
  return javascript;
}
