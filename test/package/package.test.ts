// SPDX-License-Identifier: Apache-2.0
// The package as it is published: which files it holds, that every way of importing it finds code and types, and that
// strict programs compile against it with the oldest and the newest TypeScript.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { LOWEST_SDK } from "../compatibility/releases";
import { projectDirectory } from "../compatibility/install";
import { fetchPackages } from "../npm-packages";
import type { Packed } from "../packed-package";
import { packPackage, PROVIDER } from "../packed-package";

const MODULES = resolve(__dirname, "../../node_modules");
const ATTW = "0.18.5";

/** Ends with all that the tool has printed if it fails. */
async function runs(command: string, args: readonly string[], cwd?: string): Promise<void> {
  await promisify(execFile)(process.execPath, [command, ...args], cwd === undefined ? {} : { cwd }).catch(
    (error: unknown) => {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      assert.fail(`${command} ${args.join(" ")}\n${stdout ?? String(error)}\n${stderr ?? ""}`);
    },
  );
}

describe("the packed package", () => {
  let folder: string;
  let packed: Packed;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "packed-"));
    packed = await packPackage(folder);
  });
  after(() => rm(folder, { recursive: true }));

  it("holds compiled code, types and words, and neither a key nor a test", async () => {
    const others = packed.files.filter((path) => !/^dist\/[\w/-]+\.(js|d\.ts)$/.test(path));
    assert.deepEqual(others, ["ERRORS.md", "LICENSE", "README.md", "bin.cjs", "package.json"]);
    const code = packed.files.filter((path) => path.endsWith(".js"));
    assert.ok(code.length > 50);
    assert.deepEqual(
      code.filter((path) => /test|spec|fixture/.test(path)),
      [],
    );
    const content = gunzipSync(await readFile(packed.archive)).toString("latin1");
    assert.doesNotMatch(content, /PRIVATE KEY-----(\s|\\+[rn])*[A-Za-z0-9+/]{16}/);
  });

  it("loads its own files and packages by require alone: the hook of Yarn PnP serves no native import()", async () => {
    for (const file of packed.files.filter((path) => path.endsWith(".js"))) {
      const code = (await readFile(join(PROVIDER, file), "utf8")).replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
      assert.doesNotMatch(code, /\bimport\(/, file);
    }
  });

  it("holds the types that a program can reach, and no others", async () => {
    const reached = new Set(["dist/index.d.ts", "dist/lifecycle/index.d.ts"]);
    for (const file of reached) {
      const text = await readFile(join(PROVIDER, file), "utf8");
      for (const [, imported = ""] of text.matchAll(/from "(\.[^"]+)"/g)) {
        reached.add(`${join(dirname(file), imported)}.d.ts`);
      }
    }
    assert.deepEqual(
      packed.files.filter((path) => path.endsWith(".d.ts")),
      [...reached].sort(),
    );
  });

  it("is in order for publint, strictly", () =>
    runs(join(MODULES, "publint/src/cli.js"), ["run", PROVIDER, "--strict", "--pack", "npm"]));

  it("has the right types for every way of importing it", async () => {
    const attw = await fetchPackages(`attw-${ATTW}`, [`@arethetypeswrong/cli@${ATTW}`]);
    await runs(join(attw, "node_modules/@arethetypeswrong/cli/dist/index.js"), [packed.archive, "--no-color"]);
  });
});

describe("a strict program", () => {
  const STRICT = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [], target: "es2022" };
  const node = { ...STRICT, skipLibCheck: false, module: "node16", moduleResolution: "node16" };
  for (const [version, options, files] of [
    ["5.9.3", node, ["program.cts", "program.mts"]],
    // What `pulumi new` writes.
    ["5.9.3", { ...STRICT, module: "commonjs", moduleResolution: "node10" }, ["program.cts"]],
    ["7.0.2", { ...node, module: "nodenext", moduleResolution: "nodenext" }, ["program.cts", "program.mts"]],
  ] as const) {
    it(`compiles with TypeScript ${version} and module ${options.module}`, async () => {
      const typescript = await fetchPackages(`typescript-${version}`, [`typescript@${version}`]);
      const program = await mkdtemp(join(await projectDirectory(LOWEST_SDK), "program-"));
      try {
        await cp(join(__dirname, "programs"), program, { recursive: true });
        await writeFile(join(program, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
        await runs(join(typescript, "node_modules/typescript/bin/tsc"), ["-p", "."], program);
      } finally {
        await rm(program, { recursive: true });
      }
    });
  }
});
