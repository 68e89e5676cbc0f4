// SPDX-License-Identifier: Apache-2.0
// Everything that is true of a resource, whatever stands between it and the provider's code: one table for each type.

import type { Behaviour } from "./behaviour";
import { DECLARED } from "./declared";
import { FILES } from "./files";
import { FOUND_ON_THE_SERVER } from "./found-on-the-server";
import { HOST_MADE, SELF_SIGNED_CERTIFICATES, SIGNING_REQUESTS } from "./host-made";
import { KEY_SERVER_HEALTH } from "./key-server-health";
import { LIFE } from "./life";
import { PASSPHRASES_AND_REQUESTS } from "./passphrases-and-requests";
import { REPLACED } from "./replaced";
import { UNFINISHED } from "./unfinished";

export const TABLE: readonly Behaviour[] = [
  ...LIFE,
  ...DECLARED,
  ...FILES,
  ...PASSPHRASES_AND_REQUESTS,
  ...FOUND_ON_THE_SERVER,
  ...UNFINISHED,
  ...REPLACED,
  ...KEY_SERVER_HEALTH,
];
export const SIGNING_REQUEST_TABLE: readonly Behaviour[] = [...LIFE, ...UNFINISHED, ...HOST_MADE, ...SIGNING_REQUESTS];
export const SELF_SIGNED_TABLE: readonly Behaviour[] = [
  ...LIFE,
  ...UNFINISHED,
  ...HOST_MADE,
  ...SELF_SIGNED_CERTIFICATES,
];
