// SPDX-License-Identifier: Apache-2.0
// Has histories played in a process of their own, one wish after the other.

import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Report, Wish } from "./worker";

const TIMEOUT_MS = 10 * 60_000;

/** A worker process, which is started with the first wish, and anew after one that it did not live through. */
export class Player {
  #process: ChildProcess | undefined;

  /**
   * Plays histories; call it again only when it has ended.
   *
   * @throws Error if the process itself fails
   */
  async play(wish: Wish): Promise<Report> {
    const child = (this.#process ??= start());
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Report>((resolve, reject) => {
        const fail = (why: string): void => {
          this.close();
          reject(new Error(why));
        };
        limit = setTimeout(fail, TIMEOUT_MS, `the worker took more than ${TIMEOUT_MS} ms`);
        child.once("message", (report) => {
          resolve(report as Report);
        });
        child.once("exit", (status) => {
          fail(`the worker ended with ${status}; what it printed tells why`);
        });
        child.send(wish);
      });
    } finally {
      clearTimeout(limit);
      child.removeAllListeners("message").removeAllListeners("exit");
    }
  }

  /** Ends the process. */
  close(): void {
    this.#process?.kill();
    this.#process = undefined;
  }
}

function start(): ChildProcess {
  return fork(join(__dirname, "worker.ts"), {
    cwd: join(__dirname, "../.."),
    execArgv: ["--import", "tsx"],
    // The test runner's own variables would make it report to the runner.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}
