// SPDX-License-Identifier: Apache-2.0
// `pulumi-vsphere-trust-authority` as a command.

import { surviveUnheardOutput } from "../process/unheard-output";
import { run } from "./run";

surviveUnheardOutput();
void run(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then((status) => {
  process.exitCode = status;
});
