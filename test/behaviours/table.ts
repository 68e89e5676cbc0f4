// SPDX-License-Identifier: Apache-2.0
// Everything that is true of a resource, whatever stands between it and the provider's code: one table for each type.

import type { Behaviour } from "./behaviour";
import { DECLARED } from "./declared";
import { FILES } from "./files";
import { FOUND_ON_THE_SERVER } from "./found-on-the-server";
import { HOST_MADE, SELF_SIGNED_CERTIFICATES, SIGNING_REQUESTS } from "./host-made";
import { KEY_FILES } from "./key-files";
import { KEY_SERVER_AWAITED } from "./key-server-awaited";
import { KEY_SERVER_TOLD } from "./key-server-told";
import { LIFE } from "./life";
import { PASSPHRASES_AND_REQUESTS } from "./passphrases-and-requests";
import { REPLACED } from "./replaced";
import { UNFINISHED } from "./unfinished";

export const TABLE: readonly Behaviour[] = [
  ...LIFE,
  ...DECLARED,
  ...FILES,
  ...KEY_FILES,
  ...PASSPHRASES_AND_REQUESTS,
  ...FOUND_ON_THE_SERVER,
  ...UNFINISHED,
  ...REPLACED,
  ...KEY_SERVER_TOLD,
  ...KEY_SERVER_AWAITED,
];
export const SIGNING_REQUEST_TABLE: readonly Behaviour[] = [...LIFE, ...UNFINISHED, ...HOST_MADE, ...SIGNING_REQUESTS];
export const SELF_SIGNED_TABLE: readonly Behaviour[] = [
  ...LIFE,
  ...UNFINISHED,
  ...HOST_MADE,
  ...SELF_SIGNED_CERTIFICATES,
];
