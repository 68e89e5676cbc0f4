// SPDX-License-Identifier: Apache-2.0
// The releases that the main job runs on: each Node with the lowest and the newest SDK that it can have.

/** One release of Node. */
export interface NodeRelease {
  readonly major: number;
  readonly version: string;
  /** Of Pulumi's SDK, the newest that runs on it. */
  readonly newestSdk: string;
  /** What Node's own schedule says of it in November 2026. */
  readonly note: string;
}

/** The lowest SDK that the package allows, by its peer dependency. */
export const LOWEST_SDK = "3.216.0";

/** 3.249 and later need Node 22. */
const NEWEST_FOR_NODE_20 = "3.248.0";
const NEWEST = "3.276.0";

export const NODE_RELEASES: readonly NodeRelease[] = [
  { major: 20, version: "20.20.2", newestSdk: NEWEST_FOR_NODE_20, note: "past its end of life" },
  { major: 22, version: "22.23.3", newestSdk: NEWEST, note: "in maintenance" },
  { major: 24, version: "24.21.0", newestSdk: NEWEST, note: "in maintenance" },
  { major: 26, version: "26.10.0", newestSdk: NEWEST, note: "long-term support" },
];
