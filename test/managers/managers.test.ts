// SPDX-License-Identifier: Apache-2.0
// The manager whose modules are strictest; `npm run managers` plays all ways.

import { describe, it } from "node:test";
import { play } from "./play";
import { WAYS } from "./rows";

describe("a program that is installed with", () => {
  for (const way of WAYS.filter(({ name }) => name === "pnpm")) it(way.name, () => play(way));
});
