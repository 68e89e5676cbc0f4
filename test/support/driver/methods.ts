// SPDX-License-Identifier: Apache-2.0
// The provider's methods as the engine calls them, with outcomes instead of exceptions.

import type { CheckFailure, Notice, Properties } from "./index";
import type { Outcome } from "./outcome";

/** The methods of one provider process. */
export interface ProviderMethods {
  readonly check: (
    olds: Properties,
    news: Properties,
  ) => Promise<{ readonly inputs: Properties; readonly failures: readonly CheckFailure[] }>;
  readonly diff: (
    id: string,
    olds: Properties,
    news: Properties,
  ) => Promise<{ readonly changes: boolean; readonly replaces: readonly string[] }>;
  readonly create: (news: Properties) => Promise<Outcome>;
  readonly update: (id: string, olds: Properties, news: Properties) => Promise<Outcome>;
  /** `id` undefined in the outcome: the resource is gone. */
  readonly read: (id: string, properties: Properties) => Promise<Outcome>;
  readonly delete: (id: string, properties: Properties) => Promise<Outcome>;
  /** What was said for good so far. */
  readonly notices: () => readonly Notice[];
}
