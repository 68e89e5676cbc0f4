// SPDX-License-Identifier: Apache-2.0
// Installs the benchmark's own packages, unless those of this very package-lock.json are there.

const { execFileSync } = require("node:child_process");
const { existsSync, readFileSync, copyFileSync } = require("node:fs");
const { join } = require("node:path");

const lock = join(__dirname, "package-lock.json");
const installed = join(__dirname, "node_modules", ".installed-package-lock.json");
if (!existsSync(installed) || readFileSync(installed, "utf8") !== readFileSync(lock, "utf8")) {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: __dirname, stdio: "inherit" });
  copyFileSync(lock, installed);
}
