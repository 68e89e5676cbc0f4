// SPDX-License-Identifier: Apache-2.0
// What a program's process loads, step by step. Prints JSON: for each step its time and the files that it brought.
"use strict";

const { takeStep, print } = require(process.argv[2]);

takeStep("@pulumi/pulumi", () => require("@pulumi/pulumi"));
takeStep("pulumi-vsphere-trust-authority", () => require("pulumi-vsphere-trust-authority"));
print();
