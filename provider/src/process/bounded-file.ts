// SPDX-License-Identifier: Apache-2.0
// Reading a small file that the user named: a key, a password, a CA. Only regular files, only 64 KiB, and no content in
// any error.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { CodedError } from "../core/coded-error";
import type { ErrorCode } from "../core/coded-error";
import { visible } from "../core/visible";

/** No key, password or CA file is larger, bytes. @internal */
export const MAX_FILE_BYTES: number = 64 * 1024;

/**
 * Reads a file as UTF-8. By promises, so that a file server that hangs holds up nothing else in this process.
 *
 * @param path - relative to the program's directory, which is the working directory of the provider process
 * @param purpose - the input's name, for the error, e.g. `privateKeyFile`
 * @param code - the code its errors carry
 * @returns the text
 * @throws CodedError with `code`; `details.missing` is true where there is no such file
 * @internal
 */
export async function readBoundedFile(path: string, purpose: string, code: ErrorCode): Promise<string> {
  const named = `${purpose} "${visible(path, 200)}"`;
  const where = { details: { path }, remedy: "the path is relative to the program's directory" };
  try {
    // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
    const file = await open(resolve(path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw new CodedError(code, `${named} is no regular file`, where);
      if (facts.size > MAX_FILE_BYTES) {
        throw new CodedError(code, `${named} is larger than ${MAX_FILE_BYTES / 1024} KiB`, where);
      }
      // One read: `readFile` would ask for the size once more, and read until the end twice.
      const bytes = Buffer.alloc(facts.size);
      const { bytesRead } = await file.read(bytes, 0, facts.size, 0);
      return bytes.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const reason =
      error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unreadable";
    const missing = reason === "ENOENT" || reason === "ENOTDIR";
    throw new CodedError(code, `${named} ${missing ? "does not exist" : `cannot be read: ${reason}`}`, {
      ...where,
      details: { path, missing },
    });
  }
}
