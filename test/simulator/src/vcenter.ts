// SPDX-License-Identifier: Apache-2.0
// The simulated vCenter itself: its stores and clock, who may do what, and how a task is accepted. No HTTP, no sockets.

import { Clock } from "./clock";
import { ClusterStore } from "./cluster-store";
import { encodeCertificate } from "./certificate-encoding";
import type { Exchange } from "./exchange";
import { HostKeys } from "./host-keys";
import type { KeyServerAddress } from "./key-provider-health";
import { answeredHealth, healthOf, keyProviderInfo } from "./key-provider-health";
import type { TaskOperation } from "./operation";
import type { Privilege, ResolvedOptions } from "./options";
import type { Session } from "./session-store";
import { SessionStore } from "./session-store";
import type { Change, Task } from "./task-store";
import { TaskStore } from "./task-store";
import { failingSteps, ordinarySteps } from "./task-script";
import { WriteOverlaps } from "./write-overlaps";
import { Refusal, malformed, message, unauthenticated } from "./vapi-errors";

/** Where key servers are said to be if nobody has named a real one. */
const KEY_SERVER = { hostname: "kms.example", port: 5696 };

/** What a task is about. `keyProvider` undefined: the whole cluster. */
export interface Subject {
  readonly cluster: string;
  readonly keyProvider: string | undefined;
}

/** State and rules of one vCenter. */
export class VCenter {
  readonly options: ResolvedOptions;
  readonly clock = new Clock();
  readonly sessions: SessionStore;
  readonly clusters = new ClusterStore();
  readonly tasks: TaskStore;
  readonly overlaps = new WriteOverlaps();
  readonly hostKeys = new HostKeys();
  /** Host and port as clients know them, for texts. */
  authority = "";

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.sessions = new SessionStore(this.clock, {
      idleMs: options.sessionIdleMs,
      absoluteMs: options.sessionAbsoluteMs,
      maximum: options.maxSessions,
    });
    this.tasks = new TaskStore(this.clock, {
      apply: (task, change) => {
        this.clusters.apply(task.cluster, task.keyProvider ?? "", change);
      },
      resultOf: (task) => this.#resultOf(task),
    });
  }

  /** @returns the live session of a request. @throws Refusal UNAUTHENTICATED */
  authenticate(exchange: Exchange): Session {
    const token = exchange.headers["vmware-api-session-id"];
    const session = typeof token === "string" ? this.sessions.use(token) : undefined;
    if (session === undefined) throw unauthenticated(this.authority);
    exchange.noted.session = session.number;
    return session;
  }

  /** @throws Refusal UNAUTHORIZED unless the user has every privilege. */
  authorize(...privileges: readonly Privilege[]): void {
    if (privileges.every((privilege) => this.options.privileges.includes(privilege))) return;
    throw new Refusal("UNAUTHORIZED", [
      message(
        "com.vmware.vapi.endpoint.cis.authz.permission.denied",
        "Permission to perform this operation was denied.",
      ),
    ]);
  }

  /**
   * Accepts a request as a task.
   * @param prepare checks what the request asks for, and returns what it will change. What it throws comes at once, or
   * with `refusals: "task"` as a task that ends FAILED.
   * @returns the started task.
   */
  async startTask(
    by: TaskOperation,
    about: Subject,
    exchange: Exchange,
    user: string,
    prepare: () => Change | undefined | Promise<Change | undefined>,
  ): Promise<Task> {
    const durationMs = this.options.durationMs[by];
    let change: Change | undefined;
    let steps = exchange.script?.steps ?? ordinarySteps(durationMs);
    try {
      this.#assertExists(about);
      change = await prepare();
    } catch (error) {
      if (!(error instanceof Refusal) || error.unexpected !== undefined) throw error;
      if (this.options.refusals !== "task") throw error;
      steps = failingSteps(durationMs, error.body);
    }
    const running = this.tasks.all();
    const { taskTarget: target } = this.options;
    const task = this.tasks.start({ by, ...about, user, target, change }, steps, exchange.script);
    this.overlaps.begin(task, running);
    return task;
  }

  /** @throws Refusal NOT_FOUND, or INVALID_ARGUMENT for an empty id */
  #assertExists({ cluster, keyProvider }: Subject): void {
    if (cluster === "")
      throw malformed("com.vmware.vcenter.trusted_infrastructure.cluster.empty", "The cluster id is empty.");
    if (keyProvider === "") {
      throw malformed("com.vmware.vcenter.trusted_infrastructure.provider.empty", "The provider id is empty.");
    }
    if (this.clusters.get(cluster) === undefined) {
      throw notFound(
        "com.vmware.vcenter.trusted_infrastructure.cluster.notFound",
        "Cluster %s was not found.",
        cluster,
      );
    }
    if (keyProvider !== undefined && this.clusters.keyProvider(cluster, keyProvider) === undefined) {
      throw notFound(
        "com.vmware.vcenter.trusted_infrastructure.provider.notFound",
        "Provider %s was not found.",
        keyProvider,
      );
    }
  }

  /** Has the hosts connect to their key server, if there is a real one, and keeps what came of it. */
  async askKeyServer(cluster: string, keyProvider: string | undefined): Promise<void> {
    this.tasks.settle();
    const all = [...(this.clusters.get(cluster)?.keyProviders.values() ?? [])];
    const asked = all.filter(({ id }) => keyProvider === undefined || id === keyProvider);
    await Promise.all(
      asked.map(async (held) => {
        held.answeredHealth = await answeredHealth(held, this.options.keyServer, this.hostKeys);
      }),
    );
  }

  #keyServerAddress(): KeyServerAddress {
    const { keyServer } = this.options;
    return keyServer === undefined ? KEY_SERVER : { hostname: keyServer.host, port: keyServer.port };
  }

  #resultOf(task: Task): unknown {
    const held = this.clusters.keyProvider(task.cluster, task.keyProvider ?? "");
    const nowEpochMs = this.clock.date().getTime();
    switch (task.requestedBy) {
      case "readCertificate": {
        const pem = task.shownCertificatePem ?? held?.certificatePem;
        return typeof pem === "string" ? { certificate: encodeCertificate(pem, task.encoding) } : undefined;
      }
      case "readCsr":
      case "createCsr":
        return held?.csr === undefined ? undefined : { csr: held.csr.pem };
      case "readKeyProvider":
        return held === undefined ? undefined : keyProviderInfo(held, nowEpochMs, this.#keyServerAddress());
      case "listKeyProviders": {
        const all = [...(this.clusters.get(task.cluster)?.keyProviders.values() ?? [])];
        return all.map((each) => ({ provider: each.id, health: healthOf(each, nowEpochMs).health }));
      }
      case "patch":
      case "post":
        return undefined;
    }
  }
}

/** 404 NOT_FOUND that names an object; the ids are assumed, that they are not the router's is what matters. */
export function notFound(id: string, text: string, ...args: readonly string[]): Refusal {
  return new Refusal("NOT_FOUND", [message(id, text, args)]);
}
