// SPDX-License-Identifier: Apache-2.0
// The table of errors is what a user looks a code up in: it names every code, each once, and none that is never raised.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ERROR_CODES } from "../../provider/src/core/coded-error";

const PROVIDER = join(__dirname, "../../provider");

describe("ERRORS.md", () => {
  it("has one row for every code", () => {
    const table = readFileSync(join(PROVIDER, "ERRORS.md"), "utf8");
    const rows = [...table.matchAll(/^\| `(ERR_[A-Z_]+)`/gm)].map(([, code]) => code ?? "");
    assert.deepEqual([...rows].sort(), [...ERROR_CODES].sort());
  });

  it("names no code that the package never raises", () => {
    const sources = readdirSync(join(PROVIDER, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith("coded-error.ts"))
      .map((file) => readFileSync(join(PROVIDER, "src", file), "utf8"))
      .join("\n");
    assert.deepEqual(
      ERROR_CODES.filter((code) => !sources.includes(`"${code}"`)),
      [],
    );
  });
});
