// SPDX-License-Identifier: Apache-2.0
// One session for all functions of a program that overlap and have the same settings. It is logged out before the last of them
// settles: a rejection that nobody handles ends the program's process at once.

import type { Reading } from "../kms/operation";
import type { Attempted } from "../process/failure";
import { Notices } from "../process/notices";
import { ReadingSession } from "../process/reading-session";
import { warnOfTlsSettings } from "../process/tls-warnings";

/** What a program says about the way to its vCenter. @internal */
export interface ProgramSettings {
  /** Values of the config keys: stack config, or the inputs of an explicit provider. */
  readonly values: ReadonlyMap<string, string>;
  /** E.g. `pulumi preview`. */
  readonly command: string;
  readonly warn: (text: string) => void;
}

interface Shared {
  readonly session: ReadingSession;
  users: number;
  /** Resolves when the session is logged out. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

const inUse = new Map<string, Shared>();
/** One for the program: a warning of two sessions is printed once. */
let notices: Notices | undefined;

/** Runs one read; `server` is the canonical address of the vCenter. @throws ResourceError @internal */
export async function sharedRead<T>(
  settings: ProgramSettings,
  attempted: Pick<Attempted, "what" | "target">,
  work: (reading: Reading, server: string) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([...settings.values].sort());
  const shared = inUse.get(key) ?? open(key, settings);
  const { session } = shared;
  shared.users += 1;
  let failed = true;
  try {
    const found = await session.read(attempted, (reading) => work(reading, session.access.server() ?? ""));
    failed = false;
    return found;
  } finally {
    shared.users -= 1;
    const isLast = shared.users === 0;
    if (isLast) {
      inUse.delete(key);
      shared.close();
    }
    // What the program does with an error may end the process, and leave the session of the others open.
    if (isLast || failed) await shared.closed;
  }
}

function open(key: string, { values, command, warn }: ProgramSettings): Shared {
  const session = new ReadingSession({ config: (name) => values.get(name), environment: process.env, command });
  notices ??= new Notices({
    line: (_severity, text) => {
      warn(text);
    },
    status: () => undefined,
  });
  warnOfTlsSettings({ access: session.access, notices });
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    close = () => {
      void session.close().then(resolve);
    };
  });
  const shared = { session, users: 0, closed, close };
  inUse.set(key, shared);
  return shared;
}
