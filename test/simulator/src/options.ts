// SPDX-License-Identifier: Apache-2.0
// What a test or a person may choose about the simulator, and the defaults. No behaviour.

import { randomBytes } from "node:crypto";
import type { KeyServer } from "./key-server-connection";
import type { Health } from "./stated-health";
import type { TaskOperation } from "./operation";
import type { TaskTarget } from "./task-target";
import type { ServerCertificateKind } from "./tls-certificates";
import type { RouterForm } from "./vapi-errors";

/** The privileges that the served operations ask for. */
export const PRIVILEGES = [
  "TrustedAdmin.ReadKMSTrust",
  "TrustedAdmin.ManageKMSTrust",
  "TrustedAdmin.ReadTrustedHosts",
  "System.View",
] as const;

/** A privilege of the simulated user, by vSphere's name. */
export type Privilege = (typeof PRIVILEGES)[number];

/** One Trust Authority cluster with the ids of its key providers. */
export interface ClusterOptions {
  /** Managed object id, e.g. `domain-c8`. */
  readonly id: string;
  /** Ids may hold spaces, slashes, anything. Default `["kms-1"]`. */
  readonly keyProviders?: readonly string[];
  readonly state?: "ENABLE" | "DISABLE";
}

/** Milliseconds that a task takes, by kind of operation. */
export interface TaskDurations {
  /** PATCH of a certificate. Default 300. */
  readonly patch?: number;
  /** POST of a self-signed certificate. Default 300. */
  readonly post?: number;
  /** Every read. Default 20. */
  readonly read?: number;
  /** POST of a CSR. Default 300. */
  readonly csr?: number;
}

/** Everything that can be chosen; all of it optional. */
export interface SimulatorOptions {
  /** TCP port; default 0, any free one (with a state file: the one it had before). */
  readonly port?: number;
  /** Address to listen on and to put into the URL. Default `127.0.0.1`; `localhost` and `::1` are in the certificate too. */
  readonly host?: string;
  /** Default `administrator@vsphere.local`. */
  readonly user?: string;
  /** Default: random (with a state file: the one it had before). */
  readonly password?: string;
  /** Default: `domain-c8` with key provider `kms-1`. */
  readonly clusters?: readonly ClusterOptions[];
  /** Milliseconds of every task, or by kind; default 300 for writes and 20 for reads. */
  readonly taskDurationMs?: number | TaskDurations;
  /** What the user may do; default everything. */
  readonly privileges?: readonly Privilege[];
  /** Sessions, tasks and certificates are kept in this file, so that a process that was killed comes back with them. */
  readonly stateFile?: string;
  /** `no-trust-authority` and `vsphere-9` answer the router's 404 for the whole family. Default `trust-authority`. */
  readonly profile?: "trust-authority" | "no-trust-authority" | "vsphere-9";
  /** Form of the router's 404. Default `old` for `no-trust-authority`, else `new`. */
  readonly routerForm?: RouterForm;
  /** The server's certificate, or what is wrong with TLS. Default `good`. */
  readonly serverCertificate?: ServerCertificateKind;
  /** Client certificate that every key provider starts with; null: none. Default: a self-signed one, made at the start. */
  readonly initialCertificate?: string | null;
  /** The key of a signing request: RSA 2048, as vSphere's hosts make it, or EC P-256, which takes no time. Default `rsa`. */
  readonly csrKey?: "rsa" | "ec";
  /** Health that every key provider starts with; default: what its certificate lets expect. */
  readonly health?: Health | undefined;
  /**
   * A real key server: whenever the health is read, the hosts connect to it with the certificate and key that they hold, and
   * what comes of it is the health. Keys are not in a state file. Default: none.
   */
  readonly keyServer?: KeyServer | undefined;
  /** Whether a refusal (400, 404 of the family) comes at once or as a task that ends FAILED. Default `synchronous`. */
  readonly refusals?: "synchronous" | "task";
  /** What the `target` of every task names; a task script may say otherwise. Default `cluster`. */
  readonly taskTarget?: TaskTarget;
  /** False: answers have no `Date`, as behind some proxies. Default true. */
  readonly sendDate?: boolean;
  /** Default 550. */
  readonly maxSessions?: number;
  /** Idle time after which a session expires. Default 30 minutes. */
  readonly sessionIdleMs?: number;
  /** Age at which a session expires. Default 24 hours. */
  readonly sessionAbsoluteMs?: number;
}

/** Options with every default filled in, but for what the state file may know better. */
export type ResolvedOptions = Required<
  Omit<SimulatorOptions, "taskDurationMs" | "stateFile" | "initialCertificate" | "health" | "keyServer">
> & {
  readonly health: Health | undefined;
  readonly keyServer: KeyServer | undefined;
  readonly stateFile: string | undefined;
  readonly initialCertificate: string | null | undefined;
  /** Duration of each kind of task, milliseconds. */
  readonly durationMs: Readonly<Record<TaskOperation, number>>;
};

/** Fills in the defaults. */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const profile = options.profile ?? "trust-authority";
  return {
    port: options.port ?? 0,
    host: options.host ?? "127.0.0.1",
    user: options.user ?? "administrator@vsphere.local",
    password: options.password ?? randomBytes(12).toString("base64url"),
    clusters: options.clusters ?? [{ id: "domain-c8" }],
    durationMs: resolveDurations(options.taskDurationMs),
    privileges: options.privileges ?? PRIVILEGES,
    stateFile: options.stateFile,
    profile,
    routerForm: options.routerForm ?? (profile === "no-trust-authority" ? "old" : "new"),
    serverCertificate: options.serverCertificate ?? "good",
    initialCertificate: options.initialCertificate,
    csrKey: options.csrKey ?? "rsa",
    health: options.health,
    keyServer: options.keyServer,
    refusals: options.refusals ?? "synchronous",
    taskTarget: options.taskTarget ?? "cluster",
    sendDate: options.sendDate ?? true,
    maxSessions: options.maxSessions ?? 550,
    sessionIdleMs: options.sessionIdleMs ?? 30 * 60_000,
    sessionAbsoluteMs: options.sessionAbsoluteMs ?? 24 * 3_600_000,
  };
}

function resolveDurations(chosen: number | TaskDurations | undefined): Record<TaskOperation, number> {
  const by = typeof chosen === "number" ? { patch: chosen, post: chosen, read: chosen, csr: chosen } : (chosen ?? {});
  const read = by.read ?? 20;
  return {
    patch: by.patch ?? 300,
    post: by.post ?? 300,
    createCsr: by.csr ?? 300,
    readCertificate: read,
    readCsr: read,
    readKeyProvider: read,
    listKeyProviders: read,
  };
}
