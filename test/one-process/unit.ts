// SPDX-License-Identifier: Apache-2.0
// Every file of the suite, in one process.

import { join } from "node:path";
import { loadTestFilesBelow } from "../test-files";

loadTestFilesBelow(join(__dirname, "../unit"));
