// SPDX-License-Identifier: Apache-2.0
// What there is on a vCenter: clusters, key providers, and what `read` finds of each. A part that cannot be read does not
// hide the others.

import { listClusters, listKeyProviders } from "../kms/list";
import type { ReadingOne } from "../kms/operation";
import type { ReadingSession } from "../process/reading-session";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import { cleanLine } from "./clean";
import type { Flags } from "./command-line";

/** @internal */
export interface FoundKeyProvider<T> extends KeyProvider {
  readonly health: string;
  /** What was read; undefined if there is none, or if it failed. */
  readonly found: T | undefined;
  readonly problem: Error | undefined;
}

/** @internal */
export interface FoundCluster<T> {
  readonly cluster: string;
  readonly state: string;
  readonly keyProviders: readonly FoundKeyProvider<T>[];
  /** All key providers, also those that the flags leave out. */
  readonly names: readonly string[];
  readonly problem: Error | undefined;
}

/** What is read of each key provider; undefined if it does not exist. @internal */
export interface ReadEach<T> {
  /** E.g. `Reading the client certificate`. */
  readonly what: string;
  readonly read: (reading: ReadingOne) => Promise<T | undefined>;
}

/** Reads everything that the flags do not leave out. @throws ReadingError if the clusters cannot be listed; Error if what a
 * flag names does not exist @internal */
export async function takeInventory<T>(
  session: ReadingSession,
  flags: Flags,
  each: ReadEach<T>,
): Promise<readonly FoundCluster<T>[]> {
  const { cluster, "key-provider": keyProvider } = flags;
  const all = await session.read({ what: "Listing the Trust Authority clusters" }, listClusters);
  const wanted = all.filter((one) => cluster === undefined || one.cluster === cluster);
  if (wanted.length === 0)
    throw new Error(
      noSuch(
        "Trust Authority cluster",
        cluster,
        all.map((one) => cleanLine(session, one.cluster)),
      ),
    );
  const found = await Promise.all(wanted.map((one) => ofCluster(session, one, keyProvider, each)));
  if (keyProvider !== undefined && found.every((one) => one.keyProviders.length === 0 && one.problem === undefined)) {
    throw new Error(
      noSuch(
        "key provider",
        keyProvider,
        found.flatMap(({ names }) => names).map((name) => cleanLine(session, name)),
      ),
    );
  }
  return found;
}

async function ofCluster<T>(
  session: ReadingSession,
  { cluster, state }: { readonly cluster: string; readonly state: string },
  only: string | undefined,
  each: ReadEach<T>,
): Promise<FoundCluster<T>> {
  const attempted = { what: "Listing the key providers", target: { cluster } };
  const listed = await settled(session.read(attempted, (reading) => listKeyProviders(reading, cluster)));
  const all = listed.value ?? [];
  const wanted = all.filter(({ keyProvider }) => only === undefined || keyProvider === only);
  const keyProviders = await Promise.all(
    wanted.map(async ({ keyProvider, health }) => {
      const target = { cluster, keyProvider };
      const read = session.read({ what: each.what, target }, (reading) => each.read({ ...reading, target }));
      const { value: found, problem } = await settled(read);
      return { ...target, health, found, problem };
    }),
  );
  const names = all.map(({ keyProvider }) => keyProvider);
  return { cluster, state, keyProviders, names, problem: listed.problem };
}

/** Why parts could not be read. @internal */
export function problemsOf(clusters: readonly FoundCluster<unknown>[]): readonly Error[] {
  const all = clusters.flatMap((cluster) => [cluster, ...cluster.keyProviders]);
  return all.flatMap(({ problem }) => problem ?? []);
}

async function settled<T>(
  reading: Promise<T>,
): Promise<{ readonly value: T | undefined; readonly problem: Error | undefined }> {
  try {
    return { value: await reading, problem: undefined };
  } catch (error) {
    return { value: undefined, problem: error instanceof Error ? error : new Error("it cannot be read") };
  }
}

function noSuch(what: string, name: string | undefined, there: readonly string[]): string {
  const known = there.length === 0 ? "" : `; this vCenter has ${there.join(", ")}`;
  return name === undefined ? `this vCenter has no ${what}` : `there is no ${what} ${JSON.stringify(name)}${known}`;
}
