// SPDX-License-Identifier: Apache-2.0
// Files that users name: what is wrong with one is said in words of its own, and none is waited for without end.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import promises from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";
import type { CodedError } from "../../../provider/src/core/coded-error";
import { isCodedError } from "../../../provider/src/core/coded-error";
import type { FileOptions } from "../../../provider/src/process/bounded-file";
import { readBoundedBytes } from "../../../provider/src/process/bounded-file";
import { errorOf } from "../../support/error-of";

const RELATIVE = /relative to the program's directory/;

describe("a file that the user names", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bounded-file-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const read = async (path: string, options: FileOptions = {}): Promise<string> =>
    (await readBoundedBytes(path, "privateKeyFile", "ERR_KEY_FILE", options)).toString("utf8");

  const refusal = async (path: string, options: FileOptions = {}): Promise<CodedError> => {
    const error = await errorOf(read(path, options));
    assert.ok(isCodedError(error, "ERR_KEY_FILE"), String(error));
    return error;
  };

  it("is read whole, up to the limit", async () => {
    const path = join(folder, "good");
    writeFileSync(path, "é".repeat(1000));
    assert.equal(await read(path), "é".repeat(1000));
    assert.equal((await read(path, { maxBytes: 2000 })).length, 1000);
    assert.match((await refusal(path, { maxBytes: 1999 })).message, /is larger than .* KiB \(2000 bytes\)/);
  });

  it("is named with its own problem, and only a missing one is looked for at another place", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const large = join(folder, "large");
    writeFileSync(large, Buffer.alloc(64 * 1024 + 1));
    const loop = join(folder, "loop");
    symlinkSync(loop, loop);
    mkdirSync(join(folder, "directory"));
    const socket = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      for (const [path, message, remedy, missing] of [
        [join(folder, "absent"), /does not exist/, /check the path/, true],
        [join(folder, "good/child"), /does not exist/, /check the path/, true],
        ["absent.pem", /"absent.pem" does not exist/, RELATIVE, true],
        ["~/absent.pem", /does not exist/, /`~` is not expanded/, true],
        [join(folder, "directory"), /is a directory$/, /file inside it/, false],
        [fifo, /is a named pipe/, /regular file/, false],
        [socket, /is a socket/, /regular file/, false],
        ["/dev/null", /is a device/, /regular file/, false],
        [large, /is larger than 64 KiB \(65537 bytes\)/, /check that the path is right/, false],
        [loop, /symbolic links form a loop/, /fix the links/, false],
        ["x".repeat(5000), /too long for a path/, /not its content/, false],
        ["a\0b", /holds a NUL character/, /give the path/, false],
      ] as const) {
        const error = await refusal(path);
        assert.match(error.message, message);
        assert.match(error.remedy ?? "", remedy);
        assert.equal(error.details["missing"], missing, path);
        if (remedy !== RELATIVE) assert.doesNotMatch(error.remedy ?? "", RELATIVE);
      }
    } finally {
      server.close();
    }
  });

  it("that the user may not read is a matter of permissions", async () => {
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    const open = mock.method(promises, "open", () => Promise.reject(denied));
    try {
      const error = await refusal("key.pem");
      assert.match(error.message, /permission denied \(EACCES\)/);
      assert.match(error.remedy ?? "", /let the user that runs this read the file/);
      assert.doesNotMatch(error.remedy ?? "", RELATIVE);
    } finally {
      open.mock.restore();
    }
  });

  it("is not repeated in an error if it is too long for a path: it is the content of a file, in whatever form", async () => {
    for (const path of [`/x/${"secret".repeat(50)}`, "secret/".repeat(700)]) {
      const error = await refusal(path);
      assert.match(error.message, /^the file that privateKeyFile names is too long for a path/);
      assert.doesNotMatch(JSON.stringify([error.message, error.remedy, error.details]), /secret/);
    }
  });

  it("is not repeated in an error if it may be a password", async () => {
    for (const path of ["hunter2", "/hunter2/x", "hun\0ter2", "hunter2".repeat(1000)]) {
      const error = await refusal(path, { showPath: false });
      assert.match(error.message, /^the file that privateKeyFile names /);
      assert.doesNotMatch(JSON.stringify([error.message, error.remedy, error.details]), /hun/);
    }
  });
});

describe("a file on a file server that hangs", () => {
  const hang = (): { readonly restore: () => void } => {
    const open = mock.method(promises, "open", () => new Promise<never>(() => undefined));
    return {
      restore: () => {
        open.mock.restore();
      },
    };
  };

  it("is given up after its time, by name", async () => {
    const { restore } = hang();
    try {
      const reading = readBoundedBytes("key.pem", "privateKeyFile", "ERR_KEY_FILE", { timeoutMs: 30 });
      await assert.rejects(
        reading,
        (error) => isCodedError(error, "ERR_KEY_FILE") && /"key.pem" was not read within 0.03 s/.test(error.message),
      );
    } finally {
      restore();
    }
  });

  it("is given up with the operation, with the operation's own reason", async () => {
    const { restore } = hang();
    try {
      for (const early of [true, false]) {
        const controller = new AbortController();
        const reason = new Error("time is up");
        if (early) controller.abort(reason);
        const { signal } = controller;
        const reading = readBoundedBytes("key.pem", "privateKeyFile", "ERR_KEY_FILE", { timeoutMs: 5_000, signal });
        if (!early) controller.abort(reason);
        await assert.rejects(reading, reason);
      }
    } finally {
      restore();
    }
  });

  it("is closed if it opens after all", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "late-file-")), "key.pem");
    writeFileSync(path, "key");
    const { open } = promises;
    let closed = (): void => undefined;
    const closing = new Promise<void>((resolve) => (closed = resolve));
    const late = mock.method(promises, "open", async (...args: Parameters<typeof open>) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const file = await open(...args);
      const close = file.close.bind(file);
      file.close = () => close().then(closed);
      return file;
    });
    try {
      await assert.rejects(
        readBoundedBytes(path, "privateKeyFile", "ERR_KEY_FILE", { timeoutMs: 5 }),
        /not read within/,
      );
      await closing;
    } finally {
      late.mock.restore();
    }
  });
});
