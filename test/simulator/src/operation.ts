// SPDX-License-Identifier: Apache-2.0
// The words by which tests name what a request asks for, and which of them start a task. No paths here.

/** What a request asks for, once its URL is understood; `unknown` is any URL that the router does not have. */
export type Operation =
  | "login"
  | "sessionGet"
  | "logout"
  | "readCertificate"
  | "patch"
  | "post"
  | "readCsr"
  | "createCsr"
  | "readKeyProvider"
  | "listKeyProviders"
  | "listClusters"
  | "getCluster"
  | "taskGet"
  | "taskList"
  | "taskCancel"
  | "unknown";

/** The operations that answer 202 and a task id. */
export type TaskOperation = Extract<
  Operation,
  "readCertificate" | "patch" | "post" | "readCsr" | "createCsr" | "readKeyProvider" | "listKeyProviders"
>;

/** True if the operation changes what the hosts hold for a key provider: its certificate or its CSR. */
export function isWrite(by: TaskOperation): boolean {
  return by === "patch" || by === "post" || by === "createCsr";
}

const KMS_PROVIDERS = "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers";

/**
 * Service and operation as a task reports them, by the operation that started it.
 * Source: `_VAPI_SERVICE_ID` and the operation ids of VMware's Python SDK 8.0.3.0 (seen in an SDK).
 */
export const TASK_OPERATIONS: Readonly<Record<TaskOperation, { service: string; operation: string; text: string }>> = {
  readCertificate: {
    service: `${KMS_PROVIDERS}.client_certificate`,
    operation: "get$task",
    text: "Get the client certificate",
  },
  patch: {
    service: `${KMS_PROVIDERS}.client_certificate`,
    operation: "update$task",
    text: "Update the client certificate",
  },
  post: {
    service: `${KMS_PROVIDERS}.client_certificate`,
    operation: "create$task",
    text: "Generate a client certificate",
  },
  readCsr: { service: `${KMS_PROVIDERS}.client_certificate.csr`, operation: "get$task", text: "Get the CSR" },
  createCsr: { service: `${KMS_PROVIDERS}.client_certificate.csr`, operation: "create$task", text: "Generate a CSR" },
  readKeyProvider: { service: KMS_PROVIDERS, operation: "get$task", text: "Get the key provider" },
  listKeyProviders: { service: KMS_PROVIDERS, operation: "list$task", text: "List the key providers" },
};

/**
 * The task provider (the part of vCenter that keeps a group of services' tasks) that owns a service.
 * That the trusted-infrastructure services share one is assumed; the others stand for "somebody else's tasks".
 * @param service canonical service id, e.g. `com.vmware.esx.settings.clusters.software`.
 * @returns the provider's name, or undefined where vCenter says "Cannot find provider".
 */
export function taskProviderOf(service: string): string | undefined {
  const prefixes = ["com.vmware.vcenter.trusted_infrastructure", "com.vmware.esx.settings", "com.vmware.content"];
  return prefixes.find((prefix) => service === prefix || service.startsWith(`${prefix}.`));
}
