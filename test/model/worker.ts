// SPDX-License-Identifier: Apache-2.0
// A process that plays histories, and nothing else: node:test follows every promise of its process, which would triple
// the time. Answers each wish that its parent sends with a report.

import * as fc from "fast-check";
import { makeCertificates } from "./certificates";
import { histories } from "./histories";
import { KNOWN } from "./known-histories";
import { play } from "./play";
import { loadProvider } from "./provider-modules";

/** What a worker is to do. */
export interface Wish {
  /** The folder of the provider's sources. */
  readonly provider: string;
  readonly seed: number;
  readonly runs: number;
  /** Plays the one history of fast-check's path again. */
  readonly path?: string;
  /** False: a counterexample is reported as it was found. */
  readonly shrink: boolean;
}

/** What a worker has done. */
export interface Report {
  readonly runs: number;
  /** How often each thing happened. */
  readonly counts: Readonly<Record<string, number>>;
  /** The counterexample, with fast-check's seed and path. */
  readonly failure?: { readonly path: string; readonly history: string; readonly message: string };
}

const made = makeCertificates();

async function work(wish: Wish): Promise<Report> {
  const certificates = await made;
  const provider = loadProvider(wish.provider);
  const counts: Record<string, number> = {};
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const result = await fc.check(
    fc.asyncProperty(histories(certificates.candidates.length), (history) =>
      play(history, certificates, provider, count),
    ),
    {
      seed: wish.seed,
      numRuns: wish.runs,
      examples: Object.values(KNOWN).map((history) => [history]),
      endOnFailure: !wish.shrink,
      ...(wish.path === undefined ? {} : { path: wish.path }),
    },
  );
  if (!result.failed) return { runs: result.numRuns, counts };
  const message = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  const history = JSON.stringify(result.counterexample?.[0]);
  return { runs: result.numRuns, counts, failure: { path: result.counterexamplePath ?? "", history, message } };
}

process.on("message", (wish) => {
  void work(wish as Wish).then((report) => process.send?.(report));
});
