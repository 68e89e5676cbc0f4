// SPDX-License-Identifier: Apache-2.0
// The health of a key provider: whether its key servers and the hosts accept each other, as vCenter sees it. The GET starts a
// task, whose result holds it. Source: Providers.get, Providers.Status and Providers.ServerInfo of VMware's Python SDK 8.0.3.0
// (seen in an SDK).

import type { Deadline } from "../../core/deadline";
import { visible } from "../../core/visible";
import type { VsphereApi } from "../api";
import { decodeMessages, isRecord } from "../errors/messages";
import { startTask } from "../tasks/start-task";
import type { Accepted } from "../tasks/start-task";
import { keyProviderPath, readOf } from "./key-provider";
import type { KeyProvider } from "./key-provider";

/** `NONE`: vCenter has not found out yet. @internal */
export type Health = "NONE" | "OK" | "WARNING" | "ERROR";

/** One key server. Texts are made safe to print. @internal */
export interface KeyServerHealth {
  readonly name: string;
  /** vCenter's word, also one that is not documented. */
  readonly health: string;
  readonly details: readonly string[];
  /** Undefined: not said. */
  readonly serverTrustsClient: boolean | undefined;
  readonly clientTrustsServer: boolean | undefined;
}

/** What vCenter says about a key provider. Texts are made safe to print. @internal */
export interface KeyProviderHealth {
  readonly health: Health;
  readonly details: readonly string[];
  readonly servers: readonly KeyServerHealth[];
}

const HEALTHS: readonly string[] = ["NONE", "OK", "WARNING", "ERROR"] satisfies Health[];
/** More than any key provider has. */
const MAX_SERVERS = 50;

/** Begins to read the key provider: `GET`, which is a task. @internal */
export function getKeyProvider(api: VsphereApi, target: KeyProvider, deadline: Deadline): Promise<Accepted> {
  return startTask(api, readOf(keyProviderPath(target)), deadline);
}

/** The health in the result of that read. @throws TypeError if it names none of the four @internal */
export function healthIn(result: unknown): KeyProviderHealth {
  const status = isRecord(result) ? result["status"] : undefined;
  const { health, details, servers } = isRecord(status) ? status : {};
  if (typeof health !== "string" || !HEALTHS.includes(health)) throw new TypeError("the result holds no health");
  const list: readonly unknown[] = Array.isArray(servers) ? servers.slice(0, MAX_SERVERS) : [];
  return { health: health as Health, details: textsOf(details), servers: list.filter(isRecord).map(serverOf) };
}

function serverOf(wire: Readonly<Record<string, unknown>>): KeyServerHealth {
  const flag = (name: string): boolean | undefined => (typeof wire[name] === "boolean" ? wire[name] : undefined);
  return {
    name: visible(typeof wire["name"] === "string" ? wire["name"] : "", 200),
    health: visible(typeof wire["health"] === "string" ? wire["health"] : "unknown", 32),
    details: textsOf(wire["details"]),
    serverTrustsClient: flag("server_trust_client"),
    clientTrustsServer: flag("client_trust_server"),
  };
}

function textsOf(details: unknown): string[] {
  const texts = decodeMessages(details).map(({ text }) => text.replace(/[.\s]+$/, ""));
  return texts.filter((text) => text !== "");
}
