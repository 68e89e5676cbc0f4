// SPDX-License-Identifier: Apache-2.0
// The tables of what the hosts make themselves on the driver "host process".

import { makeSelfSignedSubject, makeSigningRequestSubject } from "./host-made-subjects";
import { play } from "./stage";
import { SELF_SIGNED_TABLE, SIGNING_REQUEST_TABLE } from "./table";

play("host process", makeSigningRequestSubject, SIGNING_REQUEST_TABLE, 2);
play("host process", makeSelfSignedSubject, SELF_SIGNED_TABLE, 2);
