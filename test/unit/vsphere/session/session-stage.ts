// SPDX-License-Identifier: Apache-2.0
// A session with a fake vCenter and a virtual clock.

import { withDeadline } from "../../../../provider/src/core/deadline";
import type { HttpRequest } from "../../../../provider/src/vsphere/http/http-client";
import { VirtualClock } from "../../../support/clock/virtual-clock";
import { fakeVCenter } from "../fake-http";
import type { FakeAnswer, FakeVCenter } from "../fake-http";

/** Written out, so that another time in the code is seen. */
export const LOGOUT_GRACE_MS = 2_000;

/** A session, and what its vCenter sees. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly vcenter: FakeVCenter;
  readonly logins: () => number;
  readonly logouts: () => string[];
}

/** Makes one whose vCenter answers so; undefined: as a vCenter does. */
export function stage(
  answer: (request: HttpRequest, clock: VirtualClock) => FakeAnswer | Promise<FakeAnswer> | undefined,
): Stage {
  const clock = new VirtualClock();
  const vcenter = fakeVCenter(clock, (request) => answer(request, clock));
  return {
    clock,
    vcenter,
    logins: () => vcenter.count("POST", "/api/session"),
    logouts: () =>
      vcenter.requests
        .filter(({ method }) => method === "DELETE")
        .map(({ headers }) => headers["vmware-api-session-id"] ?? "none"),
  };
}

/** The answer of one that works. */
export const ok = ({ path }: HttpRequest): FakeAnswer | undefined =>
  path === "/x" ? { status: 200, json: 1 } : undefined;

/** One call within the session, as an operation makes it. */
export function call({ clock, vcenter }: Stage, timeoutMs = 60_000, parent?: AbortSignal): Promise<unknown> {
  vcenter.session.acquire();
  return withDeadline({ clock, timeoutMs, parent }, (deadline) =>
    vcenter.api.call({ method: "GET", path: "/x", notFound: "ERR_ENDPOINT_ABSENT", expected: [200] }, deadline),
  ).finally(() => {
    vcenter.session.release();
  });
}
