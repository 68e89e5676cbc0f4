// SPDX-License-Identifier: Apache-2.0
// A vCenter in memory, small enough to be believed: sessions and two key providers, with faults that the next requests meet.
// It is a transport of the provider.

import { nameOfFault } from "./faults";
import type { Disturbance, Fault, Kind } from "./faults";
import { absent, fail, gone, json } from "./model-answers";
import type { Answer } from "./model-answers";
import { ModelKeyProvider } from "./model-key-provider";
import { forever, isLost, kindOf, nameOf, slotOf, WireFault } from "./model-request";
import type { Request } from "./model-request";

const HOUR_MS = 3_600_000;
/** So long something in front of vCenter answers instead of it. */
const FRONT_MS = 3_000;
const NO_COUNTS = { login: 0, patch: 0, read: 0, health: 0, taskGet: 0, taskList: 0, logout: 0 };

/** One vCenter with two key providers in one cluster. */
export class ModelVcenter extends ModelKeyProvider {
  readonly #sessions = new Set<string>();
  #sessionsMade = 0;
  /** Faults that are still to come; the first that fits a request takes it. */
  faults: Fault[] = [];
  /** Disturbances that are still to come. */
  disturbances: Disturbance[] = [];
  counts: Record<Kind | "logout", number> = { ...NO_COUNTS };
  refused401 = 0;
  #requestsOfEvent = 0;
  /** When the operation began. */
  runBeganMs = 0;
  /** Whether a list of this operation was answered by anything but tasks. */
  listFailed = false;
  #front: { readonly untilMs: number; readonly status: number } | undefined;
  /** Called when the client's process dies. */
  onKill: () => void = () => undefined;

  get listIsRefused(): boolean {
    return this.options.listIsRefused;
  }

  openSessions(): number {
    return this.#sessions.size;
  }

  /** Milliseconds since 1970 by its own clock, which no jump of the client's moves. */
  wallMs(): number {
    return this.options.bornMs + this.options.clock.nowMs();
  }

  /** A new event of the history, with what will go wrong in it. */
  plan(faults: readonly Fault[], disturbances: readonly Disturbance[]): void {
    this.faults = [...faults];
    this.disturbances = [...disturbances];
    this.#requestsOfEvent = 0;
  }

  /** A new operation, judged by what happens from now on. */
  begin(): void {
    this.happenings = [];
    this.counts = { ...NO_COUNTS };
    this.refused401 = 0;
    this.run += 1;
    this.runBeganMs = this.options.clock.nowMs();
    this.listFailed = false;
  }

  expireSessions(): void {
    this.#sessions.clear();
  }

  restart(keepTasks: boolean): void {
    this.#sessions.clear();
    this.tasks.restart(keepTasks);
  }

  async send(request: Request, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#answer(request, signal).catch((error: unknown) => {
      if (kindOf(request) === "taskList") this.listFailed = true;
      throw error;
    });
    if (kindOf(request) === "taskList" && !answer.text.startsWith("{")) this.listFailed = true;
    if (kindOf(request) === "taskList" && answer.status !== 200) this.listFailed = true;
    return answer;
  }

  async #answer(request: Request, signal: AbortSignal): Promise<Answer> {
    const kind = kindOf(request);
    const slot = slotOf(request);
    if (kind !== "logout") await this.#disturb(signal);
    this.counts[kind] += 1;
    this.happenings.push({ type: "request", slot, kind, atMs: this.options.clock.nowMs() });
    await this.options.clock.sleep(1, signal);
    if (this.#front !== undefined && this.options.clock.nowMs() < this.#front.untilMs && kind !== "logout") {
      // Nothing behind a front has seen it, but who sent it cannot know.
      if (kind === "patch") this.noteFate(slot, "ambiguous");
      return fail(this.#front.status);
    }
    const fault = kind === "logout" ? undefined : this.#takeFault(kind, request);
    const early = fault === undefined ? undefined : await this.#beforeItIsServed(request, fault, signal);
    if (early !== undefined) return early;
    const before = this.happenings.length;
    const answer = await this.#serve(kind, request, fault, signal);
    if (fault === undefined || !isLost(fault)) return answer;
    // What the client never gets to see proves nothing to it.
    const seesStatus = fault.what !== "reset-after" && answer.status !== 200;
    if ((kind === "taskGet" || kind === "taskList") && !seesStatus) this.happenings.length = before;
    return this.#lose(request, fault, answer);
  }

  /** True where the process dies right before its next request, or before its result is saved. */
  diesNow(): boolean {
    return this.disturbances.some(({ what, atRequest }) => what === "kill" && atRequest === this.#requestsOfEvent + 1);
  }

  async #disturb(signal: AbortSignal): Promise<void> {
    this.#requestsOfEvent += 1;
    const now = this.disturbances.filter(({ atRequest }) => atRequest === this.#requestsOfEvent);
    for (const { what } of now) {
      this.options.count(`during ${what}`);
      if (what === "kill") {
        this.onKill();
        await forever(signal);
      } else if (what === "front503" || what === "front404") {
        const status = what === "front503" ? 503 : 404;
        this.#front = { untilMs: this.options.clock.nowMs() + FRONT_MS, status };
      } else if (what === "sibling") {
        // Newer than what was sent before it.
        this.tasks.begin({
          ...{ lastsMs: 4_000, startsInMs: 1, ends: "FAILED", puts: undefined },
          ...{ write: false, sibling: true },
        });
      } else if (what === "expireSessions") this.expireSessions();
      else if (what === "someoneElse") {
        for (const slot of ["certificate", "csr", "second certificate"] as const)
          this.tasks.put(slot, this.options.strangers[slot]);
        this.isMeddledWith = true;
      } else if (what === "clockAhead" || what === "clockBack")
        this.options.jumpClock(what === "clockAhead" ? HOUR_MS : -HOUR_MS);
      else this.restart(what === "restartKeep");
    }
  }

  async #beforeItIsServed(request: Request, fault: Fault, signal: AbortSignal): Promise<Answer | undefined> {
    const kind = kindOf(request);
    const note = (fate: "ambiguous" | "refused"): void => {
      if (kind === "patch") this.noteFate(slotOf(request), fate);
    };
    switch (fault.what) {
      case "refused":
        note("refused");
        throw new WireFault(false);
      case "hang":
        note("ambiguous");
        return forever(signal);
      case "reset-before":
        note("ambiguous");
        throw new WireFault(true);
      case "absent":
        note("refused");
        return absent();
      case "status": {
        if (fault.applied === true) return undefined;
        if (fault.status === 401) this.refused401 += 1;
        if (fault.status === 401 && kind === "login") this.happenings.push({ type: "login-refused" });
        const refused = fault.errorType === "RESOURCE_BUSY" || ![500, 502, 503, 504].includes(fault.status);
        note(refused ? "refused" : "ambiguous");
        // A server that repeats what it was sent.
        return fail(fault.status, fault.errorType, request.headers["vmware-api-session-id"]);
      }
      default:
        return undefined;
    }
  }

  /** It was carried out, but its answer does not come through. */
  #lose(request: Request, fault: Fault, answer: Answer): Answer {
    const kind = kindOf(request);
    // A token that never arrived cannot be logged out by anybody: it does not count as left behind.
    if (kind === "login") this.#sessions.delete([...this.#sessions].at(-1) ?? "");
    // A write that was refused has its fate already.
    if (kind === "patch" && answer.status !== 202) return answer;
    if (kind === "patch") this.noteFate(slotOf(request), "ambiguous", JSON.parse(answer.text) as string);
    if (fault.what === "reset-after") throw new WireFault(true);
    return fault.what === "status" ? fail(fault.status, fault.errorType) : { ...answer, text: '{"' };
  }

  #serve(
    kind: Kind | "logout",
    request: Request,
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Answer | Promise<never> {
    if (kind === "login") {
      const token = `session-${(this.#sessionsMade += 1)}-of-the-model`;
      this.#sessions.add(token);
      return json(201, token);
    }
    const token = request.headers["vmware-api-session-id"] ?? "";
    const slot = slotOf(request) ?? "certificate";
    if (!this.#sessions.has(token)) {
      if (kind !== "logout") this.refused401 += 1;
      if (kind === "patch") this.noteFate(slot, "refused");
      return fail(401, "UNAUTHENTICATED");
    }
    if (this.isGone && (kind === "patch" || kind === "read" || kind === "health")) {
      if (kind === "patch") this.noteFate(slot, "refused");
      if (kind !== "health") this.happenings.push({ type: "gone", slot });
      return gone();
    }
    switch (kind) {
      case "logout":
        this.#sessions.delete(token);
        return { status: 204, headers: {}, text: "" };
      case "patch":
        return this.patch(slot, JSON.parse(request.body ?? "{}") as { certificate?: string }, fault, signal);
      case "read":
        return this.read(slot, fault);
      case "health":
        return this.healthRead();
      case "taskGet":
        return this.taskGet(decodeURIComponent(request.path.split("/").pop() ?? ""));
      case "taskList":
        return this.taskList(JSON.parse(request.body ?? "{}") as { filter_spec: { tasks?: string[] } });
    }
  }

  #takeFault(kind: Kind, request: Request): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.kind === kind);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0];
    if (kind === "taskList" && fault !== undefined) this.listFailed = true;
    if (fault !== undefined) this.options.count(`fault ${nameOfFault(fault, nameOf(request))}`);
    return fault;
  }
}
