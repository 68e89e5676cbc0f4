// SPDX-License-Identifier: Apache-2.0

// The command line of the search: prepares a CLI ahead of the tests (a first build takes minutes) and prints where it is.

import { findPulumiCli } from "./index";

findPulumiCli().then(
  (cli) => {
    process.stdout.write(`${cli.command}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
