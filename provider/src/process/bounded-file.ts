// SPDX-License-Identifier: Apache-2.0
// Reads a small file that the user named: a key, a password, a CA. Only regular files, bounded in size and in time, and
// no content in any error.

import { constants } from "node:fs";
import type { Stats } from "node:fs";
import { open } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { systemClock } from "../core/clock";
import { CodedError, isCodedError } from "../core/coded-error";
import type { ErrorCode } from "../core/coded-error";
import { abortable, withDeadline } from "../core/deadline";
import { visible } from "../core/visible";

/** No key or password file is larger, bytes. @internal */
export const MAX_FILE_BYTES: number = 64 * 1024;
/** A local file takes a millisecond; a file server that takes longer than this hangs. */
const FILE_TIMEOUT_MS = 10_000;

/** What may differ from one kind of file to another. @internal */
export interface FileOptions {
  /** Default 64 KiB. */
  readonly maxBytes?: number;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Ends the read early. */
  readonly signal?: AbortSignal | undefined;
  /** False: errors do not repeat the path, which may be a password given by mistake. Default true. */
  readonly showPath?: boolean;
}

/**
 * Reads a file; `path` is relative to the program's directory. It never blocks the event loop, and it gives up if the
 * file system does not answer. `purpose` names the input in errors.
 *
 * @throws CodedError with `code`, `details.missing` if the file does not exist; the signal's reason if it aborts
 * @internal
 */
export async function readBoundedBytes(
  path: string,
  purpose: string,
  code: ErrorCode,
  options: FileOptions = {},
): Promise<Buffer> {
  const { maxBytes = MAX_FILE_BYTES, timeoutMs = FILE_TIMEOUT_MS, signal } = options;
  // What is too long for a path is the content of a file, in whatever form.
  const showPath = options.showPath !== false && !isTooLong(path);
  const named = showPath ? `${purpose} "${visible(path, 200)}"` : `the file that ${purpose} names`;
  const refuse = ({ what, remedy, missing = false }: Refusal, cause?: unknown): CodedError =>
    new CodedError(code, `${named} ${what}`, {
      cause,
      details: { ...(showPath ? { path } : {}), missing },
      remedy,
    });
  try {
    // The file system's calls cannot be aborted: we stop waiting, and the file is closed whenever they end.
    return await withDeadline({ clock: systemClock, timeoutMs, parent: signal }, (deadline) =>
      abortable(readRegular(path, maxBytes, refuse), deadline.signal),
    );
  } catch (error) {
    if (signal?.aborted === true) throw error;
    if (isCodedError(error, "ERR_OPERATION_TIMEOUT")) throw refuse(notReadWithin(timeoutMs));
    throw isCodedError(error) ? error : refuse(explainFailure(path, error), error);
  }
}

/** Of Linux; no other system allows longer ones. */
const MAX_PATH_LENGTH = 4_096;
const MAX_NAME_LENGTH = 255;

interface Refusal {
  /** What is wrong, after the file's name. */
  readonly what: string;
  readonly remedy: string;
  readonly missing?: boolean;
}

async function readRegular(path: string, maxBytes: number, refuse: (refusal: Refusal) => Error): Promise<Buffer> {
  // Without O_NONBLOCK the opening of a named pipe would wait for a writer.
  const file = await open(resolve(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw refuse(noRegularFile(facts));
    if (facts.size > maxBytes) {
      throw refuse({
        what: `is larger than ${maxBytes / 1024} KiB (${facts.size} bytes)`,
        remedy: "check that the path is right: no file of this kind is that large",
      });
    }
    // One read: `readFile` would ask for the size once more, and read until the end twice.
    const bytes = Buffer.alloc(facts.size);
    const { bytesRead } = await file.read(bytes, 0, facts.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isTooLong(path: string): boolean {
  return path.length > MAX_PATH_LENGTH || path.split(/[\\/]/).some((name) => name.length > MAX_NAME_LENGTH);
}

function notReadWithin(timeoutMs: number): Refusal {
  return {
    what: `was not read within ${timeoutMs / 1000} s`,
    remedy: "check the file server or disk that holds it",
  };
}

function noRegularFile(facts: Stats): Refusal {
  if (facts.isDirectory()) return { what: "is a directory", remedy: "give the path of the file inside it" };
  const kind = facts.isFIFO() ? "a named pipe" : facts.isSocket() ? "a socket" : "a device";
  return {
    what: `is ${kind}, not a regular file`,
    remedy: "write the content to a regular file: it is read more than once",
  };
}

function explainFailure(path: string, error: unknown): Refusal {
  const said = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unreadable";
  const reason = isTooLong(path) ? "ENAMETOOLONG" : said;
  switch (reason) {
    case "ENOENT":
    case "ENOTDIR":
      return { what: "does not exist", remedy: whereItIsLookedFor(path), missing: true };
    case "EACCES":
    case "EPERM":
      return {
        what: `cannot be read: permission denied (${reason})`,
        remedy: "let the user that runs this read the file and enter its directories",
      };
    case "ENXIO":
      return { what: "is a socket or a device, not a regular file", remedy: "write the content to a regular file" };
    case "ELOOP":
      return { what: "cannot be read: its symbolic links form a loop (ELOOP)", remedy: "fix the links" };
    case "ENAMETOOLONG":
      return { what: "is too long for a path (ENAMETOOLONG)", remedy: "give the path of a file, not its content" };
    case "ERR_INVALID_ARG_VALUE":
      return { what: "is not a path: it holds a NUL character", remedy: "give the path of a file" };
    default:
      return { what: `cannot be read: ${visible(reason, 40)}`, remedy: "check the file and the disk that holds it" };
  }
}

function whereItIsLookedFor(path: string): string {
  if (path.startsWith("~")) return "write the home directory out: `~` is not expanded here";
  return isAbsolute(path)
    ? "check the path on the machine that runs this"
    : "check the path; it is relative to the program's directory";
}
