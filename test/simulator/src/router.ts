// SPDX-License-Identifier: Apache-2.0
// From method and URL to an endpoint. The table is written out from the vendor's description and shares nothing with any
// client, so that a wrong path in a client shows as the router's 404.

import type { Answer } from "./answer";
import { familyTask } from "./certificate-endpoints";
import { getCluster, listClusters } from "./cluster-endpoints";
import type { Exchange } from "./exchange";
import type { Operation, TaskOperation } from "./operation";
import type { ResolvedOptions } from "./options";
import { login, logout, sessionGet } from "./session-endpoints";
import { taskCancel, taskGet, taskList } from "./task-endpoints";
import type { Refusal } from "./vapi-errors";
import { malformed, routerNotFound } from "./vapi-errors";
import type { VCenter } from "./vcenter";

interface Route {
  readonly operation: Operation;
  readonly method: string;
  /** Segments of the path; `{name}` is a parameter. */
  readonly path: string;
  /** A query parameter that must be there with exactly this value. */
  readonly demands?: readonly [string, string];
  /** Other query parameters that may be there. */
  readonly allows?: readonly string[];
  readonly handle: (vcenter: VCenter, exchange: Exchange) => Answer | Promise<Answer>;
}

const FAMILY = "/api/vcenter/trusted-infrastructure/";
const CLUSTERS = `${FAMILY}trust-authority-clusters`;
const PROVIDERS = `${CLUSTERS}/{cluster}/kms/providers`;
const CERTIFICATE = `${PROVIDERS}/{provider}/client-certificate`;

function task(operation: TaskOperation, method: string, path: string): Route {
  const handle: Route["handle"] = (vcenter, exchange) => familyTask(vcenter, exchange, operation);
  return { operation, method, path, demands: ["vmw-task", "true"], handle };
}

const ROUTES: readonly Route[] = [
  { operation: "login", method: "POST", path: "/api/session", handle: (v, e) => login(v, e, false) },
  { operation: "sessionGet", method: "GET", path: "/api/session", handle: sessionGet },
  { operation: "logout", method: "DELETE", path: "/api/session", handle: (v, e) => logout(v, e, false) },
  { operation: "login", method: "POST", path: "/rest/com/vmware/cis/session", handle: (v, e) => login(v, e, true) },
  { operation: "logout", method: "DELETE", path: "/rest/com/vmware/cis/session", handle: (v, e) => logout(v, e, true) },
  {
    operation: "taskGet",
    method: "GET",
    path: "/api/cis/tasks/{task}",
    allows: ["return_all", "exclude_result"],
    handle: taskGet,
  },
  {
    operation: "taskCancel",
    method: "POST",
    path: "/api/cis/tasks/{task}",
    demands: ["action", "cancel"],
    handle: taskCancel,
  },
  { operation: "taskList", method: "POST", path: "/api/cis/tasks", demands: ["action", "list"], handle: taskList },
  { operation: "listClusters", method: "GET", path: CLUSTERS, allows: ["cluster", "state"], handle: listClusters },
  { operation: "getCluster", method: "GET", path: `${CLUSTERS}/{cluster}`, handle: getCluster },
  task("listKeyProviders", "GET", PROVIDERS),
  task("readKeyProvider", "GET", `${PROVIDERS}/{provider}`),
  task("readCertificate", "GET", CERTIFICATE),
  task("patch", "PATCH", CERTIFICATE),
  task("post", "POST", CERTIFICATE),
  task("readCsr", "GET", `${CERTIFICATE}/csr`),
  task("createCsr", "POST", `${CERTIFICATE}/csr`),
];

/** What the router makes of a request line. */
export interface Routed {
  readonly operation: Operation;
  /** Decoded path without the query, as well as it can be decoded. */
  readonly path: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  readonly legacy: boolean;
  /** The endpoint; or, where `refusal` is set, nothing. */
  readonly handle?: Route["handle"];
  readonly refusal?: Refusal;
}

/** Understands a request line. Never throws: what it cannot place carries the refusal to answer. */
export function route(method: string, target: string, options: ResolvedOptions): Routed {
  const mark = target.indexOf("?");
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const rawQuery = mark < 0 ? "" : target.slice(mark + 1);
  const query = new URLSearchParams(rawQuery);
  const segments = rawPath.split("/").map(decode);
  const path = segments.map((each) => each ?? "\uFFFD").join("/");
  const seen = { path, rawPath, rawQuery, query, legacy: rawPath.startsWith("/rest/") };
  const refuse = (refusal: Refusal): Routed => ({ ...seen, operation: "unknown", parameters: {}, refusal });

  if (segments.includes(undefined)) {
    return refuse(malformed("com.vmware.vapi.rest.badUrl", "The URL is not valid percent-encoded UTF-8."));
  }
  const here = ROUTES.map((each) => ({ each, parameters: match(each.path, segments as string[]) })).filter(
    (found): found is { each: Route; parameters: Record<string, string> } => found.parameters !== undefined,
  );
  const sameMethod = here.filter(({ each }) => each.method === method);
  const found = sameMethod.find(({ each }) => demandMet(each, query));
  const absent = options.profile !== "trust-authority" && rawPath.startsWith(FAMILY);
  if (found === undefined) {
    const why =
      here.length === 0
        ? `unknown path ${rawPath}`
        : sameMethod.length === 0
          ? `${method} is not an operation of ${rawPath}`
          : `the query ${rawQuery === "" ? "(none)" : rawQuery} fits no operation of ${rawPath}`;
    return refuse(routerNotFound(options.routerForm, why, here.length > 0 && sameMethod.length === 0 && !absent));
  }
  const { each, parameters } = found;
  const routed = { ...seen, operation: each.operation, parameters };
  if (absent) return { ...routed, refusal: routerNotFound(options.routerForm, undefined) };
  const known = [...(each.allows ?? []), ...(each.demands === undefined ? [] : [each.demands[0]])];
  const extra = [...query.keys()].find((name) => !known.includes(name));
  if (extra !== undefined) {
    return {
      ...routed,
      refusal: malformed("com.vmware.vapi.rest.unknownParameter", "Unknown query parameter %s.", [extra]),
    };
  }
  return { ...routed, handle: each.handle };
}

/** A demanded parameter must occur exactly once with exactly its value: `True`, `1` or a second one do not count. */
function demandMet({ demands }: Route, query: URLSearchParams): boolean {
  if (demands === undefined) return true;
  const values = query.getAll(demands[0]);
  return values.length === 1 && values[0] === demands[1];
}

function match(path: string, segments: readonly string[]): Record<string, string> | undefined {
  const wanted = path.split("/");
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const got = segments[index] ?? "";
    if (want.startsWith("{")) parameters[want.slice(1, -1)] = got;
    else if (want !== got) return undefined;
  }
  return parameters;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
