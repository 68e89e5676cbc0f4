// SPDX-License-Identifier: Apache-2.0
// The table on the driver "in process".

import { makeSelfSignedSubject, makeSigningRequestSubject } from "./host-made-subjects";
import { makeSubject } from "./kms-client-certificate";
import { play } from "./stage";
import { SELF_SIGNED_TABLE, SIGNING_REQUEST_TABLE, TABLE } from "./table";

play("in process", makeSubject, TABLE, 6);
play("in process", makeSigningRequestSubject, SIGNING_REQUEST_TABLE, 6);
play("in process", makeSelfSignedSubject, SELF_SIGNED_TABLE, 6);
