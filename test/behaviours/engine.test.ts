// SPDX-License-Identifier: Apache-2.0
// The table on the driver "engine".

import { makeSubject } from "./kms-client-certificate";
import { play } from "./stage";
import { TABLE } from "./table";

play("engine", makeSubject, TABLE, 1);
