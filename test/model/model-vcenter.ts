// SPDX-License-Identifier: Apache-2.0
// A vCenter in memory, small enough to be believed: one key provider, sessions, tasks, and a list of faults that the next
// requests meet. It is a transport of the provider, and keeps the record that the invariants are judged by.

/** The clock it lives by. */
export interface ModelClock {
  nowMs(): number;
  wallMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What a request is for. */
export type Kind = "login" | "patch" | "read" | "taskGet" | "taskList";

/** What happens to one request. */
export type Fault =
  | { readonly kind: Kind; readonly what: "refused" | "reset-before" | "reset-after" | "hang" | "absent" | "garbage" }
  | {
      readonly kind: Kind;
      readonly what: "status";
      readonly status: number;
      readonly errorType?: string;
      readonly applied?: boolean;
    }
  | { readonly kind: "patch"; readonly what: "id-lost" | "done" }
  | {
      readonly kind: "patch";
      readonly what: "task";
      readonly lastsMs: number;
      readonly ends: "SUCCEEDED" | "FAILED" | "vanishes" | "CANCELED";
      readonly blocked?: boolean;
      readonly lagMs?: number;
      readonly third?: boolean;
    };

/** One thing that happened, in order; what the invariants are judged by. */
export type Happening =
  | { readonly type: "request"; readonly kind: Kind; readonly number: number }
  | { readonly type: "patch-fate"; readonly fate: "task" | "ambiguous" | "refused"; readonly taskId?: string }
  | { readonly type: "task-seen"; readonly taskId: string; readonly status: string; readonly write: boolean }
  | { readonly type: "read-sent"; readonly taskId: string }
  | { readonly type: "read-result"; readonly taskId: string; readonly certificate: string };

interface Task {
  readonly id: string;
  readonly write: boolean;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly ends: "SUCCEEDED" | "FAILED" | "vanishes" | "CANCELED";
  readonly blocked: boolean;
  readonly lagMs: number;
  readonly puts: string | undefined;
  applied: boolean;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const SERVICE = "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** Thrown for what goes wrong below HTTP; the harness turns it into the provider's own error. */
export class WireFault extends Error {
  readonly sent: boolean;

  constructor(sent: boolean) {
    super(sent ? "connection broke" : "connection refused");
    this.sent = sent;
  }
}

/** One vCenter with one key provider. */
export class ModelVcenter {
  readonly #clock: ModelClock;
  readonly #third: string;
  readonly #tasks = new Map<string, Task>();
  readonly #sessions = new Set<string>();
  readonly #changes: { readonly atMs: number; readonly certificate: string }[] = [];
  #made = 0;
  /** Faults that are still to come; the first that fits a request takes it. */
  faults: Fault[] = [];
  happenings: Happening[] = [];
  counts: Record<Kind | "logout", number> = { login: 0, patch: 0, read: 0, taskGet: 0, taskList: 0, logout: 0 };
  refused401 = 0;
  /** From this request on (counted from 1) nothing is answered any more: the client was killed. */
  killAtRequest = Infinity;
  #requests = 0;

  /**
   * @param clock - the time it lives in
   * @param certificate - what the hosts hold at the start
   * @param third - what a task of somebody else puts there in the place of ours
   */
  constructor(clock: ModelClock, certificate: string, third: string) {
    this.#clock = clock;
    this.#third = third;
    this.#changes.push({ atMs: -Infinity, certificate });
  }

  /** What the hosts hold now. */
  certificate(): string {
    this.#settle();
    return this.#changes.at(-1)?.certificate ?? "";
  }

  openSessions(): number {
    return this.#sessions.size;
  }

  begin(): void {
    this.happenings = [];
    this.counts = { login: 0, patch: 0, read: 0, taskGet: 0, taskList: 0, logout: 0 };
    this.refused401 = 0;
    this.#requests = 0;
    this.killAtRequest = Infinity;
  }

  someoneElse(certificate: string): void {
    this.#settle();
    this.#changes.push({ atMs: this.#clock.nowMs(), certificate });
  }

  expireSessions(): void {
    this.#sessions.clear();
  }

  restart(keepTasks: boolean): void {
    this.#settle();
    this.#sessions.clear();
    if (!keepTasks) this.#tasks.clear();
  }

  /** Milliseconds until every task has ended. */
  busyForMs(): number {
    return Math.max(0, ...[...this.#tasks.values()].map((task) => task.endsMs - this.#clock.nowMs() + task.lagMs));
  }

  async send(request: Request, signal: AbortSignal): Promise<Answer> {
    const kind = kindOf(request);
    this.#requests += 1;
    if (this.#requests >= this.killAtRequest) await forever(signal);
    this.counts[kind] += 1;
    if (kind !== "logout") this.happenings.push({ type: "request", kind, number: this.#requests });
    const fault = kind === "logout" ? undefined : this.#takeFault(kind);
    await this.#clock.sleep(1, signal);
    if (fault?.what === "refused") {
      this.#noteFate(kind, "refused");
      throw new WireFault(false);
    }
    if (fault?.what === "hang") {
      this.#noteFate(kind, "ambiguous");
      await forever(signal);
    }
    if (fault?.what === "reset-before") {
      this.#noteFate(kind, "ambiguous");
      throw new WireFault(true);
    }
    if (fault?.what === "status" && fault.applied !== true) {
      if (fault.status === 401) this.refused401 += 1;
      const refused = fault.errorType === "RESOURCE_BUSY" || ![500, 502, 503, 504].includes(fault.status);
      this.#noteFate(kind, refused ? "refused" : "ambiguous");
      return fail(fault.status, fault.errorType);
    }
    if (fault?.what === "absent") {
      this.#noteFate(kind, "refused");
      return routerSaysNotFound();
    }
    const answer = this.#serve(kind, request, fault);
    if (kind === "login" && fault !== undefined) this.#forgetNewestSession();
    if (fault?.what === "reset-after") {
      this.#noteFate(kind, "ambiguous");
      throw new WireFault(true);
    }
    if (fault?.what === "status") {
      this.#noteFate(kind, "ambiguous");
      return fail(fault.status, fault.errorType);
    }
    if (fault?.what === "id-lost" || fault?.what === "garbage") {
      this.#noteFate(kind, "ambiguous");
      return { ...answer, text: '{"' };
    }
    return answer;
  }

  /** A token that never arrived cannot be logged out by anybody: it does not count as left behind. */
  #forgetNewestSession(): void {
    const newest = [...this.#sessions].at(-1);
    if (newest !== undefined) this.#sessions.delete(newest);
  }

  #serve(kind: Kind | "logout", request: Request, fault: Fault | undefined): Answer {
    if (kind === "login") {
      const token = `session-${(this.#made += 1)}-of-the-model`;
      this.#sessions.add(token);
      return json(201, token);
    }
    const token = request.headers["vmware-api-session-id"] ?? "";
    if (!this.#sessions.has(token)) {
      if (kind !== "logout") this.refused401 += 1;
      this.#noteFate(kind, "refused");
      return fail(401, "UNAUTHENTICATED");
    }
    switch (kind) {
      case "logout":
        this.#sessions.delete(token);
        return { status: 204, headers: {}, text: "" };
      case "patch":
        return this.#patch(JSON.parse(request.body ?? "{}") as { certificate: string }, fault);
      case "read": {
        const task = this.#newTask({ lastsMs: 10, ends: "SUCCEEDED", puts: undefined });
        this.happenings.push({ type: "read-sent", taskId: task.id });
        return json(202, task.id);
      }
      case "taskGet":
        return this.#taskGet(decodeURIComponent(request.path.split("/").pop() ?? ""));
      case "taskList":
        return this.#taskList(JSON.parse(request.body ?? "{}") as { filter_spec: { tasks?: string[] } });
    }
  }

  #patch({ certificate }: { certificate: string }, fault: Fault | undefined): Answer {
    const script = fault?.what === "task" ? fault : undefined;
    const done = fault?.what === "done";
    const task = this.#newTask({
      lastsMs: done ? 0 : (script?.lastsMs ?? 500),
      ends: script?.ends ?? "SUCCEEDED",
      blocked: script?.blocked ?? false,
      lagMs: script?.lagMs ?? 0,
      puts: script?.third === true ? this.#third : certificate,
      write: true,
    });
    if (done) {
      this.#settle();
      this.happenings.push({ type: "patch-fate", fate: "ambiguous" });
      return { status: 204, headers: {}, text: "" };
    }
    if (fault === undefined || fault.what === "task")
      this.happenings.push({ type: "patch-fate", fate: "task", taskId: task.id });
    return json(202, task.id);
  }

  #taskGet(id: string): Answer {
    const task = this.#tasks.get(id);
    if (task === undefined || (task.ends === "vanishes" && this.#clock.nowMs() >= task.endsMs)) {
      this.#settle();
      if (task?.write ?? true) this.happenings.push({ type: "task-seen", taskId: id, status: "vanished", write: true });
      return fail(404, "NOT_FOUND", "com.vmware.vapi.cis.tasks.not_found");
    }
    return json(200, this.#look(task));
  }

  #taskList({ filter_spec }: { filter_spec: { tasks?: string[] } }): Answer {
    const wanted = [...this.#tasks.values()].filter(({ id }) => filter_spec.tasks?.includes(id) ?? true);
    return json(200, Object.fromEntries(wanted.map((task) => [task.id, this.#look(task)])));
  }

  #look(task: Task): Record<string, unknown> {
    this.#settle();
    const ended = this.#clock.nowMs() >= task.endsMs && task.ends !== "vanishes";
    const failed = task.ends === "FAILED" || task.ends === "CANCELED";
    const status = ended ? (failed ? "FAILED" : "SUCCEEDED") : task.blocked ? "BLOCKED" : "RUNNING";
    this.happenings.push({ type: "task-seen", taskId: task.id, status, write: task.write });
    const result = !task.write && status === "SUCCEEDED" ? { certificate: this.certificate() } : undefined;
    if (result !== undefined) this.happenings.push({ type: "read-result", taskId: task.id, ...result });
    return {
      description: { id: "d", default_message: "d", args: [] },
      service: SERVICE,
      operation: task.write ? "update$task" : "get$task",
      status,
      cancelable: false,
      start_time: new Date(this.#clock.wallMs() - this.#clock.nowMs() + task.startedMs).toISOString(),
      ...(result === undefined ? {} : { result }),
      ...(status === "FAILED" ? { error: body(task.ends === "CANCELED" ? "CANCELED" : "ERROR") } : {}),
    };
  }

  #newTask(wish: {
    lastsMs: number;
    ends: Task["ends"];
    puts: string | undefined;
    blocked?: boolean;
    lagMs?: number;
    write?: boolean;
  }): Task {
    const startedMs = this.#clock.nowMs();
    const { ends, puts, blocked = false, lagMs = 0, write = false } = wish;
    const id = `task-${(this.#made += 1)}:${SERVICE}`;
    const task: Task = {
      id,
      startedMs,
      endsMs: startedMs + wish.lastsMs,
      ends,
      puts,
      blocked,
      lagMs,
      write,
      applied: false,
    };
    this.#tasks.set(id, task);
    return task;
  }

  /** What tasks do, they do when their time has come, in order, whether somebody looks or not. */
  #settle(): void {
    const due = [...this.#tasks.values()]
      .filter(
        (task) =>
          task.write && !task.applied && task.puts !== undefined && task.ends !== "FAILED" && task.ends !== "CANCELED",
      )
      .filter((task) => this.#clock.nowMs() >= task.endsMs + task.lagMs)
      .sort((a, b) => a.endsMs + a.lagMs - b.endsMs - b.lagMs);
    for (const task of due) {
      task.applied = true;
      this.#changes.push({ atMs: task.endsMs + task.lagMs, certificate: task.puts ?? "" });
    }
  }

  #takeFault(kind: Kind): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.kind === kind);
    return index < 0 ? undefined : this.faults.splice(index, 1)[0];
  }

  #noteFate(kind: Kind | "logout", fate: "ambiguous" | "refused"): void {
    if (kind === "patch") this.happenings.push({ type: "patch-fate", fate });
  }
}

function kindOf({ method, path }: Request): Kind | "logout" {
  if (path === "/api/session") return method === "DELETE" ? "logout" : "login";
  if (path === "/api/cis/tasks") return "taskList";
  if (path.startsWith("/api/cis/tasks/")) return "taskGet";
  return method === "PATCH" ? "patch" : "read";
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, text: JSON.stringify(value) };
}

function body(errorType: string | undefined, id = "com.vmware.model"): Record<string, unknown> {
  const messages = [{ id, default_message: "model", args: [] }];
  return errorType === undefined ? { messages } : { error_type: errorType, messages };
}

function fail(status: number, errorType?: string, id?: string): Answer {
  return status === 502 || status === 504 || errorType === undefined
    ? { status, headers: { "content-type": "text/html" }, text: "<html>proxy</html>" }
    : json(status, body(errorType, id));
}

function routerSaysNotFound(): Answer {
  return json(404, body("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound"));
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => {
      reject(new WireFault(true));
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
