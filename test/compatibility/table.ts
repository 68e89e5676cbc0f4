// SPDX-License-Identifier: Apache-2.0
// The table of README: what was tried, and what to install on each Node.

import { format, resolveConfig } from "prettier";
import type { NodeRelease } from "./releases";
import { LOWEST_SDK, NODE_RELEASES } from "./releases";

const BEGIN = "<!-- written by `npm run compatibility` -->";
const END = "<!-- end of what is written -->";

/**
 * README with its table as it must be.
 *
 * @param path - where it stands, for the rules of its format
 */
export async function withTable(readme: string, path: string): Promise<string> {
  const [head, rest] = readme.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`README has no ${BEGIN} … ${END}`);
  const rows = NODE_RELEASES.map(row);
  const table = ["| Node | tried with | on your machine |", "| --- | --- | --- |", ...rows].join("\n");
  const options = { ...(await resolveConfig(path)), filepath: path };
  return format(`${head}${BEGIN}\n\n${table}\n\n${END}${tail}`, options);
}

function row({ major, version, newestSdk, note }: NodeRelease): string {
  // Without a version npm takes the latest SDK, also on a Node that it does not run on.
  const sdk = newestSdk === NODE_RELEASES.at(-1)?.newestSdk ? "@pulumi/pulumi" : `@pulumi/pulumi@${newestSdk}`;
  const tried = `Node ${version} and \`@pulumi/pulumi\` ${LOWEST_SDK} and ${newestSdk}`;
  return `| ${major}, ${note} | ${tried} | \`npm install pulumi-vsphere-trust-authority ${sdk}\` |`;
}
