// SPDX-License-Identifier: Apache-2.0
// What must be so before a release goes out.

/** What is looked at. */
export interface Candidate {
  readonly version: string;
  /** `repository` of provider/package.json: provenance names it, and npm makes homepage and bugs of it. */
  readonly repository: unknown;
  readonly changelog: string;
  /** Names of the files in test/state. */
  readonly recordings: readonly string[];
  /** What `git status --porcelain` prints. */
  readonly uncommitted: string;
  /** The tag that is released; undefined without one. */
  readonly tag: string | undefined;
}

/** What is missing, one sentence each. */
export function problemsOf(candidate: Candidate): string[] {
  const { version, repository, changelog, recordings, uncommitted, tag } = candidate;
  const url = typeof repository === "string" ? repository : (repository as { url?: unknown } | undefined)?.url;
  const found: readonly (readonly [boolean, string])[] = [
    [
      typeof url === "string" && url !== "",
      "provider/package.json has no repository: fill in the public address there, the one place for it",
    ],
    [
      changelog.includes(`\n## ${version}`),
      `CHANGELOG.md has no section "## ${version}": give the unreleased one its name and date`,
    ],
    [
      recordings.includes(`${version}.json`) && recordings.includes(`${version}-not-finished.json`),
      `test/state has no recording of ${version}: run \`node --import tsx test/state/record.ts\``,
    ],
    [uncommitted === "", `there are changes that are not committed:\n${uncommitted}`],
    [tag === undefined || tag === `v${version}`, `the tag is ${String(tag)} and the version ${version}`],
  ];
  return found.filter(([holds]) => !holds).map(([, problem]) => problem);
}
