// SPDX-License-Identifier: Apache-2.0
// The table on the driver "host process".

import { makeSelfSignedSubject, makeSigningRequestSubject } from "./host-made-subjects";
import { makeSubject } from "./kms-client-certificate";
import { play } from "./stage";
import { SELF_SIGNED_TABLE, SIGNING_REQUEST_TABLE, TABLE } from "./table";

play("host process", makeSubject, TABLE, 2);
play("host process of the lowest SDK", makeSubject, TABLE, 1);
play("host process", makeSigningRequestSubject, SIGNING_REQUEST_TABLE, 2);
play("host process", makeSelfSignedSubject, SELF_SIGNED_TABLE, 2);
