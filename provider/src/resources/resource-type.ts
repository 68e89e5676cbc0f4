// SPDX-License-Identifier: Apache-2.0
// What one type of resource is: a table of its inputs, a few words, and six functions. What is true of every type is in
// lifecycle.

import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import type { Redactor } from "../core/redact";
import type { Fingerprinted } from "../kms/make-another";
import type { Operation, ReadingOne } from "../kms/operation";
import type { Slot } from "../process/claims";
import type { NoticeSubject } from "../process/notices";
import type { Properties } from "../process/properties";
import type { ProviderProcess } from "../process/provider-process";
import type { InputTable, Known } from "./decode-inputs";
import type { CommonInputs } from "./input-decoders";
import type { Awaited } from "./pending";
import type { SavedState } from "./saved-state";

/** One type of resource; `L` is what a read finds on the server. @internal */
export interface ResourceType<I extends CommonInputs, L extends Fingerprinted> {
  /** In a sentence, e.g. `client certificate`. */
  readonly noun: string;
  readonly slot: Slot;
  readonly inputs: InputTable<I>;
  /** The outputs that follow from what was read; they stay if an update could not read. */
  readonly factNames: readonly string[];
  /** What a deletion says. It never sends anything: the API has no removal. */
  readonly afterDelete: string;

  /** Rules that need more than one input at a time. No request. */
  check(call: CheckCall<I>): readonly CheckFailure[] | Promise<readonly CheckFailure[]>;
  /** Whether something else than the options differs from the state. */
  differs(call: DiffCall<I>): boolean | Promise<boolean>;
  /** Returns the outputs besides inputs and server. */
  create(call: WriteCall<I>): Promise<Properties>;
  update(call: WriteCall<I>): Promise<Properties>;
  /** Reads the server; throws `ERR_KEY_PROVIDER_NOT_FOUND` if it is definitely gone. */
  read(reading: ReadingOne): Promise<L>;
  /** What follows from what was read. `saved` may name what is open. */
  refreshed(live: L, saved: Properties): Refreshed;
}

/** What a read found. @internal */
export interface Refreshed {
  readonly outputs: Properties;
  readonly changedInputs: Properties;
  /** What a refresh says about it. */
  readonly warning?: string;
}

/** A call of `check`. @internal */
export interface CheckCall<I> {
  readonly providerProcess: ProviderProcess;
  readonly inputs: Known<I>;
  readonly news: Properties;
  /** The inputs as saved; empty for a new resource. */
  readonly olds: Properties;
  readonly subject: NoticeSubject;
  /** Knows the secrets among the inputs; add those that are read from files. */
  readonly redactor: Redactor;
  /** Puts inputs in place of what the program gave: diff, create and update then see these. */
  puts(inputs: Properties): void;
}

/** A call of `diff`. @internal */
export interface DiffCall<I> {
  readonly providerProcess: ProviderProcess;
  readonly inputs: Known<I>;
  readonly news: Properties;
  /** The outputs as saved by any release. */
  readonly olds: Properties;
  readonly state: SavedState;
  readonly urn: string | undefined;
}

/** A call of `create` or `update`. @internal */
export interface WriteCall<I> {
  readonly providerProcess: ProviderProcess;
  readonly inputs: I;
  readonly news: Properties;
  /** The outputs as saved; empty for a new resource. */
  readonly olds: Properties;
  readonly state: SavedState;
  readonly urn: string | undefined;
  /** Knows the private keys of this call; add those that are read from files. */
  readonly keys: Redactor;
  /** Called right before a send: saved as pending if the call does not end in time. */
  sends(awaited: Awaited): void;
  /** Names the outputs of what was proved: saved, with the health as pending, if the call does not end in time after this. */
  proves(outputs: Properties): void;
  /** Runs within session and time. The resource must live on the configured server. */
  run<T>(work: (operation: Operation) => Promise<T>): Promise<T>;
}
