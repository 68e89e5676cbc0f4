// SPDX-License-Identifier: Apache-2.0
// The engine's real provider process for tests of the matrix: few at once, since each costs a second of computing, and
// none left to itself for long.

import { join } from "node:path";
import { startDynamicProvider } from "../support/dynamic-provider";
import type { DynamicProvider, DynamicProviderOptions } from "../support/dynamic-provider";
import type { Cell } from "./fault";

/** The directory from which the constant line finds the package. */
const ROOT = join(__dirname, "../..");
const AT_ONCE = 3;
/** Milliseconds until a process that is stuck is killed; its test then fails. */
const PATIENCE_MS = 20_000;

const waiting: (() => void)[] = [];
let running = 0;

/**
 * Starts the process when there is room, configured with nothing; it is gone after the test.
 *
 * @param options - environment, and where stderr goes
 */
export async function startRealProcess(
  cell: Cell,
  options: Omit<DynamicProviderOptions, "cwd">,
): Promise<DynamicProvider> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  cell.closeAfter(() => {
    running -= 1;
    waiting.shift()?.();
  });
  const provider = await startDynamicProvider({ ...options, cwd: ROOT });
  const kill = (): void => void provider.stop("SIGKILL");
  const timer = setTimeout(kill, PATIENCE_MS);
  cell.closeAfter(() => {
    clearTimeout(timer);
    kill();
  });
  await provider.configure({});
  return provider;
}
