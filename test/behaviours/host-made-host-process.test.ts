// SPDX-License-Identifier: Apache-2.0
// The tables of what the hosts make themselves on the driver "host process".

import { makeSelfSignedSubject, makeSigningRequestSubject } from "./host-made-subjects";
import { SELF_SIGNED_CERTIFICATES } from "./host-made";
import { LIFE } from "./life";
import { play } from "./stage";
import { SIGNING_REQUEST_TABLE } from "./table";

play("host process", makeSigningRequestSubject, SIGNING_REQUEST_TABLE, 2);
// What both have beside their life and rows of their own is the same code, which the signing request has proved.
play("host process", makeSelfSignedSubject, [...LIFE, ...SELF_SIGNED_CERTIFICATES], 2);
