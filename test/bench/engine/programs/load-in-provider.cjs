// SPDX-License-Identifier: Apache-2.0
// What the provider process loads, step by step, until its first create is done. Prints JSON as load-in-program.cjs does.
// The inputs are in the variable INPUTS, and the way to vCenter in the provider's own variables.
"use strict";

const { takeStep, print } = require(process.argv[2]);

async function main() {
  const inputs = JSON.parse(process.env.INPUTS);
  // Pulumi's host has loaded this before it asks for a provider.
  await takeStep("@pulumi/pulumi", () => require("@pulumi/pulumi"));
  const specifier = "pulumi-vsphere-trust-authority/lifecycle";
  const { provider } = await takeStep(specifier, () => require(specifier));
  const checkAndDiff = async () => {
    await provider.check(inputs, inputs);
    await provider.diff("id", { ...inputs, sha256Fingerprint: "another" }, inputs);
  };
  await takeStep("first check and diff", checkAndDiff);
  await takeStep("second check and diff", checkAndDiff);
  await takeStep("first create", () => provider.create(inputs));
  print();
}

void main();
