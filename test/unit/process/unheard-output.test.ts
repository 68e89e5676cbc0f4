// SPDX-License-Identifier: Apache-2.0
// Writing to a stream that fails: nobody is told, and nothing is thrown.

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { it } from "node:test";
import { surviveUnheardOutput } from "../../../provider/src/process/unheard-output";

it("an error of an output stream is no uncaught error, however often it comes", () => {
  const deaf = new PassThrough();
  const epipe = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  assert.throws(() => deaf.emit("error", epipe), /EPIPE/, "without a listener it is one");
  surviveUnheardOutput([deaf]);
  for (let times = 0; times < 3; times += 1) assert.ok(deaf.emit("error", epipe));
});

it("by default stdout and stderr are meant", () => {
  const before = [process.stdout, process.stderr].map((stream) => stream.listenerCount("error"));
  surviveUnheardOutput();
  const after = [process.stdout, process.stderr].map((stream) => stream.listenerCount("error"));
  assert.deepEqual(
    after,
    before.map((count) => count + 1),
  );
});
