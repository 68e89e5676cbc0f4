#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Kept in the repository, since npm links a command only if its file exists at install time, and dist/ does not yet.
require("./dist/cli/bin.js");
