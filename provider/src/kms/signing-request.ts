// SPDX-License-Identifier: Apache-2.0
// The signing request (CSR) of a key provider's hosts: reads it, and has them make another one.

import {
  getSigningRequest,
  postSigningRequest,
  SIGNING_REQUEST_SERVICE,
  signingRequestIn,
  signingRequestPath,
} from "../vsphere/kms/signing-request";
import { parseServerSigningRequest } from "../x509/signing-request";
import type { SigningRequestInfo } from "../x509/signing-request";
import { makeAnother } from "./make-another";
import type { Made, Making } from "./make-another";
import type { Operation, ReadingOne } from "./operation";
import { orUndefinedIfAbsent, readResult } from "./read-result";

/** The request that is there; throws as {@link readResult}. @internal */
export function readSigningRequest(operation: ReadingOne): Promise<SigningRequestInfo> {
  const { connection, target } = operation;
  return readResult(operation, {
    noun: "signing request",
    path: signingRequestPath(target),
    start: (deadline) => getSigningRequest(connection.api, target, deadline),
    decode: (result) => parseServerSigningRequest(signingRequestIn(result)),
  });
}

/** The same, but undefined if it definitely does not exist. @internal */
export function readSigningRequestIfAny(operation: Operation): Promise<SigningRequestInfo | undefined> {
  return orUndefinedIfAbsent(readSigningRequest(operation));
}

/** Has the hosts make a new key and its request, and proves it; throws as writeOnce. @internal */
export function makeSigningRequest(
  operation: Operation,
  options: Pick<Making<SigningRequestInfo>, "earlierTaskIds" | "onBefore">,
): Promise<Made<SigningRequestInfo>> {
  const { connection, target, deadline } = operation;
  return makeAnother(operation, {
    noun: "new signing request",
    service: SIGNING_REQUEST_SERVICE,
    send: () => postSigningRequest(connection.api, target, deadline),
    read: readSigningRequestIfAny,
    ...options,
  });
}
