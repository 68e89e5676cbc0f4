// SPDX-License-Identifier: Apache-2.0
// Calls check and diff of many unchanged resources in this process, without the host and its gRPC. Reads from stdin JSON
// `{resources: [{inputs, outputs}], count}`; prints the milliseconds of each resource and how often anything but this
// process was asked.
"use strict";

const fs = require("node:fs");
const net = require("node:net");
const { performance } = require("node:perf_hooks");
const { provider } = require("pulumi-vsphere-trust-authority/lifecycle");

async function main() {
  const { resources, count } = JSON.parse(fs.readFileSync(0, "utf8"));
  const checkAndDiff = async ({ inputs, outputs }) => {
    const { failures } = await provider.check(inputs, inputs);
    const { changes } = await provider.diff("id", outputs, inputs);
    if (failures.length > 0 || changes) throw new Error(`not unchanged: ${JSON.stringify(failures)}`);
  };
  // Modules are loaded, and the code is compiled.
  for (const resource of resources.slice(0, 100)) await checkAndDiff(resource);
  const asked = countAsking();
  const ms = [];
  for (let at = 0; at < count; at += 1) {
    const startedMs = performance.now();
    await checkAndDiff(resources[at % resources.length]);
    ms.push(performance.now() - startedMs);
  }
  process.stdout.write(JSON.stringify({ ms, ...asked }));
}

/** Counts file accesses and connections from now on. */
function countAsking() {
  const asked = { files: 0, connections: 0 };
  for (const name of ["open", "openSync", "readFile", "readFileSync", "stat", "statSync", "lstat", "lstatSync"]) {
    for (const from of name.endsWith("Sync") ? [fs] : [fs, fs.promises]) {
      const real = from[name];
      from[name] = (...args) => {
        asked.files += 1;
        return real.apply(from, args);
      };
    }
  }
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    asked.connections += 1;
    return connect.apply(this, args);
  };
  return asked;
}

void main();
