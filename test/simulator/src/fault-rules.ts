// SPDX-License-Identifier: Apache-2.0
// Which request a fault takes: rules, matched in order of addition, first match wins. What a fault does is in fault-actions.
//
// Evaluation order for one request: every rule is asked in order; a rule that does not match is passed over; one that
// matches but has requests left to skip counts the request as skipped and is passed over; one that has fired `times`
// times is passed over; the first other one takes the request. While the window of a `front` rule is open, that rule takes
// every request before any rule is asked.

import type { CloseAction, ConnectionAction, FrontAction, RequestAction } from "./fault-actions";
import { pathMatches } from "./journal";
import type { Operation } from "./operation";

/** Which requests a rule is for; everything absent matches. */
export interface FaultMatch {
  readonly method?: string;
  /** Tried on the decoded path without the query; a text must be the whole path. */
  readonly path?: string | RegExp;
  readonly operation?: Operation;
  /** A text that the request's body must hold. Such a rule makes the simulator read the body before it matches. */
  readonly bodyIncludes?: string;
}

/** Fields that every rule may have. */
interface RuleFields {
  /** For messages and the journal. Default: made from the rule. */
  readonly name?: string;
  /** Matching requests to let pass first. Default 0. */
  readonly skip?: number;
  /** Requests to take before the rule is used up. Default 1; `Infinity` for ever. */
  readonly times?: number;
  /** Milliseconds to wait before anything happens. Default 0. */
  readonly delayMs?: number;
  /** Milliseconds between handling the request for real and its answer. Default 0. */
  readonly answerDelayMs?: number;
  /** Called when the rule takes a request, before anything else; may be used to kill, to change, to wait. */
  readonly onMatch?: () => void | Promise<void>;
  /** Called after the request was handled for real and before anything is answered. */
  readonly onApplied?: () => void | Promise<void>;
}

/** A rule about requests, or (with `match: "connect"`) about TCP connections before TLS. */
export type FaultRule =
  | (RuleFields & { readonly match: FaultMatch; readonly action: RequestAction })
  | (RuleFields & { readonly match: "connect"; readonly action: ConnectionAction | CloseAction });

/** What happened to a rule so far. */
export interface FaultStatistics {
  readonly name: string;
  readonly rule: FaultRule;
  matched: number;
  skipped: number;
  /** Requests that the rule took; those that only met the open window of a `front` rule are not among them. */
  fired: number;
}

type RequestRule = Extract<FaultRule, { match: FaultMatch }>;
type ConnectRule = Extract<FaultRule, { match: "connect" }>;

/** What a rule sees of a request. */
export interface MatchableRequest {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** Undefined when the body has not been read. */
  readonly body: string | undefined;
}

/** All rules of a simulator, in order. */
export class FaultRules {
  #rules: FaultStatistics[] = [];
  /** The open window of a `front` rule; `untilMs` on the clock of `performance.now()`. */
  #window: { name: string; action: FrontAction; untilMs: number } | undefined;

  /** Adds a rule after those that are there. @returns its statistics, which keep counting. */
  add(rule: FaultRule): Readonly<FaultStatistics> {
    const what = rule.match === "connect" ? "connect" : (rule.match.operation ?? rule.match.method ?? "any request");
    const name = rule.name ?? `#${this.#rules.length + 1} ${what}: ${rule.action.kind}`;
    const statistics = { name, rule, matched: 0, skipped: 0, fired: 0 };
    this.#rules.push(statistics);
    return statistics;
  }

  /** Statistics of every rule, in order. */
  all(): readonly Readonly<FaultStatistics>[] {
    return this.#rules;
  }

  /** The rules that never took anything. A rule that was skipped only is among them. */
  unused(): Readonly<FaultStatistics>[] {
    return this.#rules.filter((each) => each.fired === 0);
  }

  /** Forgets every rule. */
  clear(): void {
    this.#rules = [];
    this.#window = undefined;
  }

  /** @internal True when some live rule wants to see bodies. */
  needsBody(): boolean {
    return this.#rules.some(
      ({ rule, fired }) =>
        rule.match !== "connect" && rule.match.bodyIncludes !== undefined && fired < (rule.times ?? 1),
    );
  }

  /** @internal The rule that takes a request. */
  takeRequest(request: MatchableRequest): { name: string; rule: RequestRule } | undefined {
    if (this.#window !== undefined && performance.now() < this.#window.untilMs) {
      const { name, action } = this.#window;
      return { name, rule: { match: {}, action: { ...action, applyThen: false } } };
    }
    const taken = this.#take(
      (rule): rule is RequestRule => rule.match !== "connect" && requestMatches(rule.match, request),
    );
    if (taken?.rule.action.kind === "front") {
      const { name, rule } = taken;
      this.#window = { name, action: taken.rule.action, untilMs: performance.now() + taken.rule.action.forMs };
      return { name, rule };
    }
    return taken;
  }

  /** @internal The rule that takes a connection. */
  takeConnection(): { name: string; rule: ConnectRule } | undefined {
    return this.#take((rule): rule is ConnectRule => rule.match === "connect");
  }

  #take<R extends FaultRule>(matches: (rule: FaultRule) => rule is R): { name: string; rule: R } | undefined {
    for (const each of this.#rules) {
      const { rule } = each;
      if (!matches(rule)) continue;
      each.matched += 1;
      if (each.skipped < (rule.skip ?? 0)) {
        each.skipped += 1;
      } else if (each.fired < (rule.times ?? 1)) {
        each.fired += 1;
        return { name: each.name, rule };
      }
    }
    return undefined;
  }
}

function requestMatches(match: FaultMatch, request: MatchableRequest): boolean {
  return (
    (match.method === undefined || match.method === request.method) &&
    (match.operation === undefined || match.operation === request.operation) &&
    pathMatches(match.path, request.path) &&
    (match.bodyIncludes === undefined || (request.body ?? "").includes(match.bodyIncludes))
  );
}
