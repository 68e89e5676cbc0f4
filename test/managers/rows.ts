// SPDX-License-Identifier: Apache-2.0
// The ways in which people install a program: each works, or ends in one sentence that says what is missing.

/** One way. */
export interface Way {
  readonly name: string;
  /** The manager's own package, with its version; npm is there already. */
  readonly tool?: string;
  /** Its program within that package. */
  readonly bin?: string;
  readonly args: readonly string[];
  /** More files of the project; settings of the manager. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of the run, for the directory that was installed into. */
  readonly environment?: (project: string) => NodeJS.ProcessEnv;
  /** What Pulumi prints where it cannot work. Default: it works. */
  readonly ends?: RegExp;
}

const NODE_MODULES = "nodeLinker: node-modules\n";
const BERRY = "enableGlobalCache: true\nenableTelemetry: false\nenableImmutableInstalls: false\n";
const berry = { tool: "@yarnpkg/cli-dist@4.18.1", bin: "@yarnpkg/cli-dist/bin/yarn.js" };

export const WAYS: readonly Way[] = [
  { name: "npm", args: ["install", "--no-audit", "--no-fund", "--ignore-scripts"] },
  {
    name: "pnpm",
    tool: "pnpm@10.20.0",
    bin: "pnpm/bin/pnpm.cjs",
    args: ["install", "--ignore-workspace", "--ignore-scripts"],
  },
  {
    name: "Yarn classic",
    tool: "yarn@1.22.22",
    bin: "yarn/bin/yarn.js",
    args: ["install", "--ignore-scripts", "--no-lockfile", "--ignore-engines"],
  },
  { name: "Yarn with node_modules", ...berry, args: ["install"], files: { ".yarnrc.yml": BERRY + NODE_MODULES } },
  {
    name: "Yarn PnP",
    ...berry,
    args: ["install"],
    files: { ".yarnrc.yml": `${BERRY}nodeLinker: pnp\n` },
    ends: /Pulumi SDK has not been installed/,
  },
  {
    name: "Yarn PnP, with its hook in NODE_OPTIONS",
    ...berry,
    args: ["install"],
    files: { ".yarnrc.yml": `${BERRY}nodeLinker: pnp\n` },
    environment: (project) => ({ NODE_OPTIONS: `--require ${project}/.pnp.cjs` }),
  },
  { name: "Bun", tool: "bun@1.4.5", bin: "bun", args: ["install", "--ignore-scripts", "--no-save"] },
];
