// SPDX-License-Identifier: Apache-2.0
// The health of a key provider: what a person has set, what its key server has answered, or else what the certificate alone
// lets expect (assumed). Source of the shape: `Providers.Status` of VMware's Python SDK 8.0.3.0 (seen in an SDK).

import { X509Certificate } from "node:crypto";
import type { KeyProvider } from "./cluster-store";
import type { HostKeys } from "./host-keys";
import type { KeyServer } from "./key-server-connection";
import { askKeyServer } from "./key-server-connection";
import type { StatedHealth } from "./stated-health";
import { TASK_OPERATIONS } from "./operation";
import { reasonForBadHealth } from "./pem-checks";
import { message } from "./vapi-errors";

/** Where a key server is said to be. */
export interface KeyServerAddress {
  readonly hostname: string;
  readonly port: number;
}

/** What a real key server says of the certificate that the hosts hold; undefined if there is none to ask. */
export async function answeredHealth(
  held: KeyProvider,
  keyServer: KeyServer | undefined,
  hostKeys: HostKeys,
): Promise<StatedHealth | undefined> {
  const { certificatePem, statedHealth } = held;
  if (keyServer === undefined || certificatePem === null || statedHealth !== undefined) return undefined;
  const key = hostKeys.of(new X509Certificate(certificatePem));
  if (key === undefined) return { health: "ERROR", details: ["The hosts do not have the key of the certificate."] };
  return askKeyServer(keyServer, certificatePem, key);
}

/** Health of a key provider now. */
export function healthOf(held: KeyProvider, nowEpochMs: number): StatedHealth {
  const stated = held.statedHealth ?? held.answeredHealth;
  if (stated !== undefined) return stated;
  const reason = reasonForBadHealth(held.certificatePem, nowEpochMs);
  return reason === undefined ? { health: "OK" } : { health: "ERROR", details: [reason] };
}

/** The result of reading a key provider. Source: `Providers.Info` of VMware's Python SDK 8.0.3.0 (seen in an SDK). */
export function keyProviderInfo(held: KeyProvider, nowEpochMs: number, address: KeyServerAddress): unknown {
  const { health, details = [], ...trusts } = healthOf(held, nowEpochMs);
  const id = `${TASK_OPERATIONS.readKeyProvider.service}.health.client_certificate`;
  const status = { health, details: details.map((text) => message(id, text)) };
  const name = `${held.id} server`;
  const { serverTrustsClient = health === "OK", clientTrustsServer = true } = trusts;
  return {
    master_key_id: "8a4f5d2c-0000-4000-8000-000000000001",
    key_server: {
      type: "KMIP",
      description: "",
      connection_timeout: 60,
      kmip_server: { servers: [{ name, address }] },
    },
    status: {
      ...status,
      servers: [{ name, ...status, client_trust_server: clientTrustsServer, server_trust_client: serverTrustsClient }],
    },
  };
}
