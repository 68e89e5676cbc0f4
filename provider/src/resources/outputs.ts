// SPDX-License-Identifier: Apache-2.0
// What the state keeps: only what was read back from the server, or given by the program and no secret. Must stay
// readable for ever: old states are read by new releases.

import { CodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import type { Target } from "../vsphere/kms/client-certificate-api";
import type { CertificateInfo } from "../x509/certificate";
import type { KmsClientCertificateInputs } from "./inputs";

/** A resource's outputs as plain JSON. @internal */
export type Outputs = Record<string, unknown>;

/** The outputs that later calls depend on. @internal */
export interface KnownState {
  /** Canonical address of the vCenter it lives on; undefined in a `.get`, which has no state. */
  readonly server: string | undefined;
  /** What the server was last proved to hold. */
  readonly sha256Fingerprint: string | undefined;
  readonly certificate: string | undefined;
  readonly taskId: string | undefined;
  /** A task whose end is not known. */
  readonly pendingTaskId: string | undefined;
  /** The certificate of a replacement whose outcome is not known. */
  readonly pendingFingerprint: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly onDelete: string | undefined;
}

/**
 * Reads the outputs of any release.
 *
 * @param outputs - as saved in the state
 * @returns what later calls depend on
 * @internal
 */
export function readState(outputs: Readonly<Record<string, unknown>>): KnownState {
  const text = (name: string): string | undefined => {
    const value = outputs[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const seconds = outputs["timeoutSeconds"];
  return {
    server: text("server"),
    sha256Fingerprint: text("sha256Fingerprint"),
    certificate: text("certificate"),
    taskId: text("taskId"),
    pendingTaskId: text("pendingTaskId"),
    pendingFingerprint: text("pendingFingerprint"),
    timeoutSeconds: typeof seconds === "number" && seconds > 0 ? seconds : undefined,
    onDelete: text("onDelete"),
  };
}

/**
 * Whether a replacement's outcome is still open.
 *
 * @param state - as {@link readState} returns it
 * @returns true where the next update must ask first
 * @internal
 */
export function isPending(state: KnownState): boolean {
  return state.pendingTaskId !== undefined || state.pendingFingerprint !== undefined;
}

/**
 * The outputs that follow from a certificate that was read from the server.
 *
 * @param certificate - as read back
 * @returns fingerprint, names, serial number, dates
 * @internal
 */
export function certificateOutputs(certificate: CertificateInfo): Outputs {
  const { sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter } = certificate;
  return { sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter };
}

/**
 * The outputs that follow from the program. Options are kept only where the program gave them: each one costs.
 *
 * @param inputs - decoded inputs
 * @param wire - the inputs as handed in, to see which options were given
 * @param server - canonical address of the vCenter
 * @returns cluster, key provider, server and the given options
 * @internal
 */
export function inputOutputs(
  inputs: Pick<KmsClientCertificateInputs, "cluster" | "keyProvider" | "timeoutSeconds" | "onDelete">,
  wire: Readonly<Record<string, unknown>>,
  server: string,
): Outputs {
  return {
    cluster: inputs.cluster,
    keyProvider: inputs.keyProvider,
    server,
    ...(isGiven(wire["timeoutSeconds"]) ? { timeoutSeconds: inputs.timeoutSeconds } : {}),
    ...(isGiven(wire["onDelete"]) ? { onDelete: inputs.onDelete } : {}),
  };
}

/**
 * The resource's id.
 *
 * @param target - cluster and key provider
 * @returns `<cluster>/<keyProvider>`, each percent-encoded
 * @internal
 */
export function toId({ cluster, keyProvider }: Target): string {
  return `${encodeURIComponent(cluster)}/${encodeURIComponent(keyProvider)}`;
}

/**
 * Reads a resource's id.
 *
 * @param id - `<cluster>/<keyProvider>`, each percent-encoded
 * @returns cluster and key provider
 * @throws CodedError `ERR_INPUT_INVALID` where it is of another form
 * @internal
 */
export function fromId(id: string): Target {
  const [cluster = "", keyProvider = "", ...more] = id.split("/").map(decodeSegment);
  if (cluster === "" || keyProvider === "" || more.length > 0) {
    throw new CodedError(
      "ERR_INPUT_INVALID",
      `the id "${visible(id, 200)}" is not of the form <cluster>/<keyProvider>`,
      {
        remedy: 'give both, each percent-encoded, for example "domain-c8/kms-1"',
      },
    );
  }
  return { cluster, keyProvider };
}

function decodeSegment(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    // What could not be an input is no id either: it would change a path, or a terminal.
    return text === "." || text === ".." || text !== visible(text, text.length) ? "" : text;
  } catch {
    return "";
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
