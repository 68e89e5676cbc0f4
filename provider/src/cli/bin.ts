// SPDX-License-Identifier: Apache-2.0
// `pulumi-vsphere-trust-authority` as a command.

import { run } from "./run";

void run(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then((status) => {
  process.exitCode = status;
});
