// SPDX-License-Identifier: Apache-2.0
// A release refuses to go out while something is missing, and brings along only what it may.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { PROVIDER } from "../packed-package";
import type { Candidate } from "./release/readiness";
import { problemsOf } from "./release/readiness";
import { foreignLicences, makeSbom } from "./release/sbom";

const READY: Candidate = {
  version: "1.2.3",
  repository: { type: "git", url: "git+https://example.com/x.git" },
  changelog: "# Changelog\n\n## 1.2.3 (2026-12-01)\n",
  recordings: ["1.2.3.json", "1.2.3-not-finished.json"],
  uncommitted: "",
  tag: "v1.2.3",
};

describe("a release", () => {
  for (const [what, change, problem] of [
    ["nothing is missing", {}, undefined],
    ["no tag is released", { tag: undefined }, undefined],
    ["the repository is missing", { repository: undefined }, /no repository/],
    ["the repository is empty", { repository: { url: "" } }, /no repository/],
    ["the changelog has no such section", { changelog: "## Unreleased (1.2.3)" }, /no section "## 1.2.3"/],
    ["no state was recorded", { recordings: ["1.2.2.json"] }, /no recording of 1.2.3/],
    ["something is not committed", { uncommitted: " M x" }, /not committed/],
    ["the tag is another", { tag: "v1.2.4" }, /tag is v1.2.4/],
  ] as const) {
    it(`${problem === undefined ? "goes out" : "is refused"} if ${what}`, () => {
      const problems = problemsOf({ ...READY, ...change });
      assert.equal(problems.length, problem === undefined ? 0 : 1);
      if (problem !== undefined) assert.match(String(problems[0]), problem);
    });
  }
});

describe("what the package brings along", () => {
  const manifest = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };

  it("is its dependencies and nothing else, under licences that allow it", () => {
    const sbom = makeSbom(manifest);
    const listed = sbom.components.map(({ name, version }) => [name, version]);
    assert.deepEqual(Object.fromEntries(listed), manifest.dependencies);
    assert.deepEqual(foreignLicences(sbom), []);
  });

  it("may be chosen from several licences, but must not be without one", () => {
    const { metadata } = makeSbom(manifest);
    const licensed = (expression: string): Parameters<typeof foreignLicences>[0] => ({
      metadata,
      components: [{ name: "x", version: "1.0.0", licenses: [{ expression }] }],
    });
    assert.deepEqual(foreignLicences(licensed("(GPL-2.0 OR MIT)")), []);
    assert.deepEqual(foreignLicences(licensed("GPL-2.0 AND MIT")), ["x@1.0.0"]);
    assert.deepEqual(foreignLicences({ metadata, components: [{ name: "x", version: "1.0.0" }] }), ["x@1.0.0"]);
  });
});
