// SPDX-License-Identifier: Apache-2.0
// Plants one bug in a scratch copy of the provider's sources, and has the model look for it.

import { compileProvider, readSources } from "../model/compiled-provider";
import type { SourceFiles } from "../model/compiled-provider";
import { Player } from "../model/player";
import type { Report, Wish } from "../model/worker";
import type { Mutant } from "./mutant";

/** What became of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly isKilled: boolean;
  /** Histories played until it was found, or all. */
  readonly histories: number;
  /** The failure that found it; where it survives, why it counts as alive. */
  readonly message: string;
}

const SEED = 7;
/** A mutant that lives through so many histories survives. */
const MAX_HISTORIES = 3_000;
/** So many must pass before the provider as it is. */
const UNMUTATED_HISTORIES = 500;
const AT_ONCE = 2;

/**
 * Plants every mutant, two at a time.
 *
 * @param onVerdict - told of each end as it comes
 * @returns the verdicts in the mutants' order
 */
export async function killAll(
  mutants: readonly Mutant[],
  onVerdict: (verdict: Verdict) => void = () => undefined,
): Promise<readonly Verdict[]> {
  const sources = readSources();
  const verdicts: Verdict[] = [];
  const waiting = [...mutants.entries()];
  const work = async (): Promise<void> => {
    const player = new Player();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, mutant] = next;
      const verdict = await kill(mutant, sources, player);
      verdicts[index] = verdict;
      onVerdict(verdict);
    }
    player.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return verdicts;
}

/**
 * Plays histories before the provider without any mutant, by the same way.
 *
 * @returns the failure, or undefined where all hold
 */
export async function unmutatedFailure(): Promise<string | undefined> {
  const player = new Player();
  try {
    const { failure } = await play(readSources(), { seed: SEED, runs: UNMUTATED_HISTORIES }, player);
    return failure?.message;
  } finally {
    player.close();
  }
}

/**
 * Puts a mutant into the sources.
 *
 * @returns the sources with the bug
 * @throws Error where it does not apply exactly once: the provider has changed, and the mutant must change with it
 */
export function plant({ name, file, find, replace }: Mutant, sources: SourceFiles): SourceFiles {
  const parts = (sources.get(file) ?? "").split(find);
  if (parts.length !== 2) throw new Error(`"${name}" applies ${parts.length - 1} times in ${file}`);
  return new Map([...sources, [file, parts.join(replace)]]);
}

async function kill(mutant: Mutant, sources: SourceFiles, player: Player): Promise<Verdict> {
  try {
    const histories = { seed: mutant.seed ?? SEED, runs: MAX_HISTORIES };
    const { runs, failure } = await play(plant(mutant, sources), histories, player);
    const isKilled = failure !== undefined && mutant.killedBy.test(failure.message);
    return { mutant, isKilled, histories: runs, message: failure?.message ?? "it survives" };
  } catch (error) {
    return { mutant, isKilled: false, histories: 0, message: error instanceof Error ? error.message : String(error) };
  }
}

async function play(sources: SourceFiles, histories: Pick<Wish, "seed" | "runs">, player: Player): Promise<Report> {
  const compiled = compileProvider(sources);
  try {
    return await player.play({ provider: compiled.folder, ...histories, shrink: false });
  } finally {
    compiled.remove();
  }
}
