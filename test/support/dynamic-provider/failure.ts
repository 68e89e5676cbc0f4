// SPDX-License-Identifier: Apache-2.0

// How a provider's failure travels over gRPC, and back into something that a test can look at.

import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Properties } from "./properties";
import { fromStruct } from "./properties";

/** What the engine saves of a resource that exists but isn't finished. */
export interface InitFailure {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: readonly string[];
}

/** A method of the provider failed. */
export class ProviderFailure extends Error {
  /** The gRPC status code. */
  readonly grpcCode: number;
  /** Present when the resource is saved as not finished; absent for a plain failure. */
  readonly init: InitFailure | undefined;

  /** @param message - the text that the provider gave, as the engine shows it. */
  constructor(message: string, grpcCode: number, init: InitFailure | undefined) {
    super(message);
    this.name = "ProviderFailure";
    this.grpcCode = grpcCode;
    this.init = init;
  }
}

/** Decodes the failure of a call. An init failure travels in the trailing metadata `grpc-status-details-bin`. */
export function toProviderFailure(error: ServiceError): ProviderFailure {
  const [details] = error.metadata.get("grpc-status-details-bin");
  return new ProviderFailure(error.details, error.code, details instanceof Buffer ? initFailure(details) : undefined);
}

function initFailure(details: Buffer): InitFailure | undefined {
  for (const detail of Status.deserializeBinary(details).getDetailsList()) {
    const failed = detail.unpack(
      (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    );
    if (failed === null) continue;
    return { id: failed.getId(), properties: fromStruct(failed.getProperties()), reasons: failed.getReasonsList() };
  }
  return undefined;
}
