// SPDX-License-Identifier: Apache-2.0
// Pulumi's Automation API: the resources of resources.json as an inline program, and as the local program that is beside it.
"use strict";

const { LocalWorkspace } = require("@pulumi/pulumi/automation");

const inline = async () => {
  delete require.cache[require.resolve("./declare.js")];
  return require("./declare.js");
};

async function main() {
  const result = {};
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "inline", projectName: "trial", program: inline },
    { workDir: __dirname },
  );
  result.created = (await stack.up()).summary.resourceChanges;
  result.unchanged = (await stack.up({ expectNoChanges: true })).summary.resourceChanges;
  result.outputs = await stack.outputs();
  await stack.destroy();

  const local = await LocalWorkspace.selectStack({ stackName: "test", workDir: __dirname });
  result.local = (await local.up()).summary.resourceChanges;
  result.refreshed = (await local.refresh({ expectNoChanges: true })).summary.resourceChanges;
  await local.destroy();
  process.stdout.write(JSON.stringify(result));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
