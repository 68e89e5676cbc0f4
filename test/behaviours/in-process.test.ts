// SPDX-License-Identifier: Apache-2.0
// The table on the driver "in process".

import { makeSubject } from "./kms-client-certificate";
import { play } from "./stage";
import { TABLE } from "./table";

play("in process", makeSubject, TABLE, 6);
