// SPDX-License-Identifier: Apache-2.0
// The manager whose modules are strictest, and the mistakes that cost no installation; `npm run managers` plays all ways.

import { describe, it } from "node:test";
import { play } from "./play";
import { WAYS } from "./rows";

describe("a program that is installed with", () => {
  for (const way of WAYS.filter(({ name }) => ["pnpm", "nothing at all"].includes(name))) it(way.name, () => play(way));
});
