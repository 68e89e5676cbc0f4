// SPDX-License-Identifier: Apache-2.0
// All bugs that are planted. The model is only as good as what it kills.

import type { Mutant } from "./mutant";
import { OTHER_MUTANTS } from "./other-mutants";
import { WRITE_MUTANTS } from "./write-mutants";

/** Each is planted in a provider of its own. */
export const MUTANTS: readonly Mutant[] = [...WRITE_MUTANTS, ...OTHER_MUTANTS];
