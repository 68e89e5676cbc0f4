// SPDX-License-Identifier: Apache-2.0
// Replace and prove: the one promise of this package. A replacement is reported only when a read that was sent after its
// task had SUCCEEDED shows the wanted certificate; or, if no task can be followed, after it was looked for.

import { CodedError, RUNNING_COMMAND } from "../core/coded-error";
import { CHECK_PAIR } from "../vsphere/errors/remedies";
import { CLIENT_CERTIFICATE_SERVICE, patchClientCertificate } from "../vsphere/kms/client-certificate";
import type { CertificatePair } from "../vsphere/kms/client-certificate";
import type { CertificateInfo } from "../x509/certificate";
import type { Operation } from "./operation";
import { readCertificateIfAny } from "./read-certificate";
import { writeOnce } from "./write-once";
import type { Proof } from "./write";

/** What the server is to hold. @internal */
export interface WantedCertificate extends CertificatePair {
  readonly sha256Fingerprint: string;
  /** Tasks of earlier runs, as the state names them: none of them is this replacement's. */
  readonly earlierTaskIds: readonly string[];
}

/** Names that the task of a PATCH most likely has. *Assumed* from the naming of all vSphere operations. */
const OPERATION_NAME = /update|patch|set|replace/i;

/** Replaces certificate and key and proves it; throws as {@link writeOnce}. @internal */
export function replaceCertificate(operation: Operation, wanted: WantedCertificate): Promise<Proof<CertificateInfo>> {
  const { connection, target, deadline } = operation;
  return writeOnce(operation, {
    noun: "certificate",
    send: () => patchClientCertificate(connection.api, target, wanted, deadline),
    read: readCertificateIfAny,
    isApplied: (live) => live?.sha256Fingerprint === wanted.sha256Fingerprint,
    checkArguments: CHECK_PAIR,
    service: CLIENT_CERTIFICATE_SERVICE,
    operationName: OPERATION_NAME,
    earlierTaskIds: wanted.earlierTaskIds,
    mismatch: (live, said, taskId) => mismatch(wanted, live, said, taskId),
  });
}

function mismatch(
  { sha256Fingerprint: expected }: WantedCertificate,
  live: CertificateInfo | undefined,
  said: string,
  taskId: string | undefined,
): CodedError {
  const actual = live?.sha256Fingerprint;
  const shows = actual === undefined ? "shows no certificate" : `shows SHA-256 ${actual} instead of ${expected}`;
  return new CodedError("ERR_READBACK_MISMATCH", `${said}, but the server ${shows}`, {
    details: { expected, ...(actual === undefined ? {} : { actual }), taskId },
    remedy: `the certificate was changed by someone else, or a replica of vCenter lags: find out who else changes it, then run \`${RUNNING_COMMAND}\` again`,
  });
}
