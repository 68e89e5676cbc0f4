// SPDX-License-Identifier: Apache-2.0
// The simulator as a test holds it: where it is, what it saw, what a person or a disaster may do to it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyProvider } from "./cluster-store";
import { FaultRules } from "./fault-rules";
import type { ConnectionCounts } from "./front-door";
import { FrontDoor } from "./front-door";
import { heldCsr } from "./host-keys";
import type { JournalEntry } from "./journal";
import { Journal } from "./journal";
import type { StatedHealth } from "./stated-health";
import type { ResolvedOptions } from "./options";
import { serve } from "./request-handler";
import { furnish } from "./furnish";
import { interrupt } from "./restart";
import type { RestartOptions } from "./restart";
import { readStateFile, restoreState, writeStateFile } from "./state-file";
import type { TaskSummary } from "./task-summary";
import { summarizeTask } from "./task-summary";
import type { TlsIdentity } from "./tls-certificates";
import { makeTlsIdentity, tlsOptions } from "./tls-certificates";
import { VCenter } from "./vcenter";
import type { WriteOverlap } from "./write-overlaps";

/** A running simulated vCenter. Made by {@link startSimulator}. */
export class Simulator {
  readonly journal = new Journal();
  readonly faults = new FaultRules();
  readonly requests = {
    /** Requests that a correct client would not have sent; `unexpected` of each says why. */
    unexpected: (): JournalEntry[] => this.journal.entries.filter((entry) => entry.unexpected !== undefined),
  };
  readonly caPem: string;
  /** The CA in a file of its own, removed by {@link close}. */
  readonly caFile: string;
  /** SHA-256 of the server's certificate as `openssl x509 -fingerprint -sha256` prints it. */
  readonly serverFingerprint: string;
  readonly #options: ResolvedOptions;
  readonly #vcenter: VCenter;
  readonly #door: FrontDoor;
  readonly #tls: TlsIdentity;
  readonly #folder: string;
  #port = 0;

  private constructor(options: ResolvedOptions, tls: TlsIdentity) {
    this.#options = options;
    this.#tls = tls;
    this.#vcenter = new VCenter(options);
    this.#folder = mkdtempSync(join(tmpdir(), "vcenter-simulator-"));
    this.caPem = tls.caPem;
    this.caFile = join(this.#folder, "ca.pem");
    writeFileSync(this.caFile, tls.caPem);
    this.serverFingerprint = tls.fingerprint;
    this.#door = new FrontDoor(tlsOptions(tls, options.serverCertificate), this.faults, (request, response) => {
      const { journal, faults } = this;
      const persist = this.#persist.bind(this);
      void serve({ vcenter: this.#vcenter, journal, faults, door: this.#door, persist }, request, response);
    });
  }

  /** @internal Use `startSimulator`. */
  static async start(given: ResolvedOptions, passwordGiven: boolean): Promise<Simulator> {
    const before = given.stateFile === undefined ? undefined : readStateFile(given.stateFile);
    const password = passwordGiven ? given.password : (before?.password ?? given.password);
    const options = { ...given, password, port: given.port === 0 ? (before?.port ?? 0) : given.port };
    const simulator = new Simulator(options, before?.tls ?? (await makeTlsIdentity(options.serverCertificate)));
    if (before === undefined) await furnish(simulator.#vcenter, options);
    else restoreState(simulator.#vcenter, before);
    await simulator.#open();
    simulator.#persist();
    return simulator;
  }

  get host(): string {
    return this.#options.host;
  }

  get port(): number {
    return this.#port;
  }

  /** `https://host:port`, without a path. */
  get url(): string {
    return `https://${this.#vcenter.authority}`;
  }

  get user(): string {
    return this.#options.user;
  }

  get password(): string {
    return this.#options.password;
  }

  /** Id of the first cluster. */
  get cluster(): string {
    return this.#options.clusters[0]?.id ?? "";
  }

  /** Id of the first cluster's first key provider. */
  get keyProvider(): string {
    return this.#options.clusters[0]?.keyProviders?.[0] ?? "kms-1";
  }

  /** Connections since the start; a handshake that the client broke off is not in `tls`. */
  get connections(): Readonly<ConnectionCounts> {
    return this.#door.counts;
  }

  openSessions(): number {
    return this.#vcenter.sessions.open().length;
  }

  expireSessions(): void {
    this.#vcenter.sessions.expireAll();
  }

  /** The live certificate as PEM with a final newline; null when the hosts have none, undefined when nobody knows the ids. */
  certificate(cluster = this.cluster, keyProvider = this.keyProvider): string | null | undefined {
    this.#vcenter.tasks.settle();
    return this.#vcenter.clusters.keyProvider(cluster, keyProvider)?.certificatePem;
  }

  /** A person changes the certificate elsewhere: at once and without a task. */
  setCertificate(pem: string | null, cluster = this.cluster, keyProvider = this.keyProvider): void {
    this.#held(cluster, keyProvider).certificatePem = pem;
    this.#persist();
  }

  /** The last signing request as PEM; null when there is none, undefined when nobody knows the ids. */
  csr(cluster = this.cluster, keyProvider = this.keyProvider): string | null | undefined {
    this.#vcenter.tasks.settle();
    const held = this.#vcenter.clusters.keyProvider(cluster, keyProvider);
    return held && (held.csr?.pem ?? null);
  }

  /** A person has another signing request made elsewhere: at once and without a task. */
  setCsr(pem: string | null, cluster = this.cluster, keyProvider = this.keyProvider): void {
    this.#held(cluster, keyProvider).csr = pem === null ? undefined : heldCsr(pem);
    this.#persist();
  }

  /** What vCenter says of a key provider from now on; undefined: what its certificate, or its key server, lets expect. */
  setHealth(
    health: StatedHealth | StatedHealth["health"] | undefined,
    cluster = this.cluster,
    keyProvider = this.keyProvider,
  ): void {
    this.#held(cluster, keyProvider).statedHealth = typeof health === "string" ? { health } : health;
    this.#persist();
  }

  removeKeyProvider(cluster = this.cluster, keyProvider = this.keyProvider): void {
    if (!this.#vcenter.clusters.removeKeyProvider(cluster, keyProvider))
      throw new Error(`no key provider ${keyProvider}`);
    this.#persist();
  }

  removeCluster(cluster = this.cluster): void {
    if (!this.#vcenter.clusters.remove(cluster)) throw new Error(`no cluster ${cluster}`);
    this.#persist();
  }

  /** Every task since the start or the last forgetting, in order of creation. Looking does not count as polling. */
  tasks(): TaskSummary[] {
    return this.#vcenter.tasks.all().map(summarizeTask);
  }

  /** Writes that began while another write's task on the same key provider still ran. A correct client has none. */
  overlaps(): WriteOverlap[] {
    this.#vcenter.tasks.settle();
    return this.#vcenter.overlaps.all();
  }

  /** Shifts what the server says the time is (Date header, start_time …). @param offsetMs positive: its clock is fast. */
  setClockOffsetMs(offsetMs: number): void {
    this.#vcenter.clock.setOffsetMs(offsetMs);
  }

  /** The vCenter goes down, resetting every connection, and comes back on the same port. */
  async restart(options: RestartOptions = {}): Promise<void> {
    await this.#door.shut();
    interrupt(this.#vcenter.tasks, options);
    if (options.sessions !== "keep") this.expireSessions();
    this.#persist();
    if (options.downMs !== undefined) await sleep(options.downMs);
    await this.#open();
  }

  /** Back to the state after the start, on the same port with the same identity: for many short runs. */
  async reset(): Promise<void> {
    this.journal.clear();
    this.faults.clear();
    this.#vcenter.tasks.forget();
    this.#vcenter.overlaps.clear();
    this.expireSessions();
    this.setClockOffsetMs(0);
    await furnish(this.#vcenter, this.#options);
    this.#persist();
  }

  /** @throws Error when a session is open, a fault rule never fired, or an unexpected request arrived. */
  assertClean(): void {
    const wrong = [
      ...(this.openSessions() === 0 ? [] : [`${this.openSessions()} session(s) left open`]),
      ...this.faults.unused().map(({ name }) => `fault rule never used: ${name}`),
      ...this.requests
        .unexpected()
        .map((entry) => `unexpected request: ${entry.method} ${entry.rawPath} (${entry.unexpected ?? ""})`),
    ];
    if (wrong.length > 0) throw new Error(`the simulator is not clean:\n  ${wrong.join("\n  ")}`);
  }

  /** Stops listening, resets every connection, removes the CA file. A state file stays. */
  async close(): Promise<void> {
    await this.#door.shut();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #held(cluster: string, keyProvider: string): KeyProvider {
    this.#vcenter.tasks.settle();
    const held = this.#vcenter.clusters.keyProvider(cluster, keyProvider);
    if (held === undefined) throw new Error(`no key provider ${keyProvider} in cluster ${cluster}`);
    return held;
  }

  async #open(): Promise<void> {
    const { host, port } = this.#options;
    this.#port = await this.#door.open(host, port);
    this.#vcenter.authority = `${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  #persist(): void {
    const file = this.#options.stateFile;
    if (file !== undefined) writeStateFile(file, this.#vcenter, this.#port, this.#tls);
  }
}
