// SPDX-License-Identifier: Apache-2.0
// What `npm run bench` was asked for.

/** A run as it was asked for. */
export interface BenchCommand {
  readonly help: boolean;
  readonly quick: boolean;
  /** Names of benchmarks in the order they were given; all where none was. */
  readonly names: readonly string[];
}

/** A mistake of whoever typed the command: printed without a stack. */
export class UsageError extends Error {}

/**
 * Reads the arguments.
 *
 * @param args - arguments after the script's name
 * @param known - names of the benchmarks there are
 * @returns what to do
 * @throws UsageError on an unknown option or name
 */
export function readCommand(args: readonly string[], known: readonly string[]): BenchCommand {
  const options = args.filter((arg) => arg.startsWith("-"));
  const names = [...new Set(args.filter((arg) => !arg.startsWith("-")))];
  const unknownOption = options.find((option) => option !== "--quick" && option !== "--help" && option !== "-h");
  if (unknownOption !== undefined) {
    throw new UsageError(`no option ${unknownOption}; there are --quick and --help`);
  }
  const unknownName = names.find((name) => !known.includes(name));
  if (unknownName !== undefined) {
    throw new UsageError(`no benchmark ${unknownName}; there are ${known.join(", ")}`);
  }
  return {
    help: options.includes("--help") || options.includes("-h"),
    quick: options.includes("--quick"),
    names: names.length === 0 ? known : names,
  };
}
