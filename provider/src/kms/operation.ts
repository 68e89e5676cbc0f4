// SPDX-License-Identifier: Apache-2.0
// What every step on a client certificate works with.

import type { Deadline } from "../core/deadline";
import type { Target } from "../vsphere/kms/client-certificate-api";
import type { VCenterConnection } from "../vsphere/connection";
import type { TaskInfo } from "../vsphere/tasks/tasks";

/** One operation on one key provider's client certificate. @internal */
export interface Operation {
  readonly connection: VCenterConnection;
  readonly target: Target;
  readonly deadline: Deadline;
  /** Told of every look at a task that changes something. */
  readonly onProgress: (info: TaskInfo, elapsedMs: number) => void;
  /** Told what is done besides waiting for a task, e.g. `reading the certificate back`. */
  readonly onStep: (text: string) => void;
}

/** What the server is to hold. @internal */
export interface WantedCertificate {
  readonly certificatePem: string;
  /** Undefined: the certificate is signed from the hosts' last CSR. */
  readonly privateKeyPem?: string | undefined;
  readonly sha256Fingerprint: string;
  /** Tasks of earlier runs, as the state names them: none of them is this replacement's. Default none. */
  readonly earlierTaskIds?: readonly string[];
}
