// SPDX-License-Identifier: Apache-2.0
// The table on the driver "host process".

import { makeSubject } from "./kms-client-certificate";
import { play } from "./stage";
import { TABLE } from "./table";

play("host process", makeSubject, TABLE, 2);
play("host process of the lowest SDK", makeSubject, TABLE, 1);
