// SPDX-License-Identifier: Apache-2.0
// What the runner counts as a failure, of files that are written for it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";

const GOOD = `it("holds", () => undefined);`;
const FILES: Readonly<Record<string, string>> = {
  "good.cjs": GOOD,
  "empty.cjs": "",
  "throws.cjs": `throw new Error("cannot be loaded");`,
  "hook.cjs": `describe("its hook", () => { after(() => { throw new Error("left open"); }); ${GOOD} });`,
  "several.cjs": `for (const file of ["good", "empty", "throws", "hook"]) describe(file, () => require(\`./\${file}.cjs\`));`,
};
/** A process of its own, since node:test runs no files within one that it runs. */
const RUNNER = `require(${JSON.stringify(resolve(__dirname, "../run-test-file.ts"))})
  .runTestFile(process.argv[2])
  .then(({ failures }) => console.log(JSON.stringify(failures)));`;
const FAILURES: readonly (readonly [file: string, failures: readonly (string | RegExp)[]])[] = [
  ["good.cjs", []],
  ["empty.cjs", ["it holds no test"]],
  ["throws.cjs", [/throws\.cjs$/]],
  ["hook.cjs", ["its hook"]],
  ["several.cjs", ["empty holds no test", "throws", "its hook"]],
];

describe("a test file", () => {
  const folder = mkdtempSync(join(tmpdir(), "run-test-file-"));
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(folder, name), `const { after, describe, it } = require("node:test");\n${text}\n`);
  writeFileSync(join(folder, "runner.cjs"), RUNNER);
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [file, expected] of FAILURES) {
    it(`${file} fails with ${expected.length === 0 ? "nothing" : expected.map(String).join("; ")}`, () => {
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
      const command = ["--import", "tsx", join(folder, "runner.cjs"), join(folder, file)];
      const printed = execFileSync(process.execPath, command, { env, encoding: "utf8" });
      const failures = JSON.parse(printed) as readonly string[];
      assert.equal(failures.length, expected.length, printed);
      for (const [at, failure] of failures.entries()) {
        const wanted = expected[at];
        if (wanted instanceof RegExp) assert.match(failure, wanted);
        else assert.equal(failure, wanted);
      }
    });
  }
});
