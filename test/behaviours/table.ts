// SPDX-License-Identifier: Apache-2.0
// Everything that is true of a resource, whatever stands between it and the provider's code.

import type { Behaviour } from "./behaviour";
import { DECLARED } from "./declared";
import { FOUND_ON_THE_SERVER } from "./found-on-the-server";
import { LIFE } from "./life";
import { REPLACED } from "./replaced";
import { UNFINISHED } from "./unfinished";

export const TABLE: readonly Behaviour[] = [...LIFE, ...DECLARED, ...FOUND_ON_THE_SERVER, ...UNFINISHED, ...REPLACED];
