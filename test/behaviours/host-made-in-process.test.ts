// SPDX-License-Identifier: Apache-2.0
// The tables of what the hosts make themselves on the driver "in process".

import { makeSelfSignedSubject, makeSigningRequestSubject } from "./host-made-subjects";
import { play } from "./stage";
import { SELF_SIGNED_TABLE, SIGNING_REQUEST_TABLE } from "./table";

play("in process", makeSigningRequestSubject, SIGNING_REQUEST_TABLE, 8);
play("in process", makeSelfSignedSubject, SELF_SIGNED_TABLE, 8);
