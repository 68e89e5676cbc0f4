// SPDX-License-Identifier: Apache-2.0
// Takes steps in this process, and writes down what each one took and loaded.
"use strict";

const { statSync } = require("node:fs");
const { performance } = require("node:perf_hooks");

const steps = [];

/** Takes one step, which may be asynchronous. Returns what it returns. */
exports.takeStep = (name, step) => {
  const before = new Set(Object.keys(require.cache));
  const startedMs = performance.now();
  const ended = (result) => {
    const ms = performance.now() - startedMs;
    const files = Object.keys(require.cache).filter((file) => !before.has(file));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const has = (name) => files.some((file) => file.includes(`/node_modules/${name}/`));
    steps.push({ name, ms, modules: files.length, bytes, undici: has("undici"), forge: has("node-forge") });
    return result;
  };
  const result = step();
  return result instanceof Promise ? result.then(ended) : ended(result);
};

exports.print = () => process.stdout.write(JSON.stringify(steps));
