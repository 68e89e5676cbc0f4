// SPDX-License-Identifier: Apache-2.0
// What the key server makes of the certificate, as vCenter sees it: "the hosts hold it" is not "the key server accepts it".

import { CodedError, isCodedError, RUNNING_COMMAND } from "../core/coded-error";
import { withDeadline } from "../core/deadline";
import { poll } from "../core/poll";
import { judgeRead } from "../vsphere/errors/retry-table";
import { getKeyProvider, healthIn } from "../vsphere/kms/key-provider-health";
import type { KeyProviderHealth, KeyServerHealth } from "../vsphere/kms/key-provider-health";
import { keyProviderPath } from "../vsphere/kms/key-provider";
import type { Operation } from "./operation";
import { readResult } from "./read-result";
import { Unfinished } from "./unfinished";

/** A look takes this long at most, milliseconds. */
const LOOK_MS = 5_000;

/** Reads the health once, without a repeat, within 5 s of the time left; throws as {@link readResult}. @internal */
export function lookAtHealth(operation: Operation): Promise<KeyProviderHealth> {
  const { clock } = operation.deadline;
  operation.onStep("reading the key server's health");
  return withDeadline({ clock, timeoutMs: LOOK_MS, within: operation.deadline }, (deadline) =>
    readHealth({ ...operation, deadline }),
  );
}

/**
 * Reads on the schedule until the health is OK. At the end of the time a WARNING is let pass.
 *
 * @throws {@link Unfinished} `ERR_KEY_SERVER_HEALTH` at the end of the time, otherwise what ended the wait
 * @internal
 */
export async function waitForHealth(operation: Operation): Promise<KeyProviderHealth> {
  const { deadline, onStep } = operation;
  let last: KeyProviderHealth | undefined;
  onStep("waiting for the key server's health to be OK");
  try {
    return await poll<KeyProviderHealth>({
      deadline,
      lookFirst: true,
      look: async () => {
        last = await readHealth(operation);
        if (last.health === "OK") return { state: "done", value: last };
        onStep(`waiting for the key server's health to be OK; ${describeHealth(last)}`);
        return { state: "pending" };
      },
      mayPass: judgeRead,
    });
  } catch (error) {
    const isTimeUp = isCodedError(error, "ERR_OPERATION_TIMEOUT");
    if (isTimeUp && last?.health === "WARNING") return last;
    throw new Unfinished(isTimeUp ? notHealthy(error, last) : waitEnded(error));
  }
}

function notHealthy(cause: CodedError, last: KeyProviderHealth | undefined): CodedError {
  const what =
    last === undefined
      ? `the key server's health could not be read: ${cause.message}`
      : `the key server did not accept it within ${Number(cause.details.timeoutMs) / 1000} s: ${describeHealth(last)}`;
  return new CodedError("ERR_KEY_SERVER_HEALTH", `the hosts hold the certificate, but ${what}`, {
    cause,
    remedy: `make the key server accept the certificate, then run \`${RUNNING_COMMAND}\` again, which sends nothing and asks for the health only; or remove waitForHealth`,
  });
}

function waitEnded(error: unknown): unknown {
  if (!(error instanceof CodedError)) return error;
  return error.extended({ prefix: "the hosts hold the certificate, but the wait for the key server's health ended: " });
}

/** Whether the health can be read now, and is OK. @internal */
export async function isHealthy(operation: Operation): Promise<boolean> {
  try {
    return (await lookAtHealth(operation)).health === "OK";
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return false;
  }
}

/** One line, e.g. `vCenter reports health ERROR (…); key server "a": ERROR, it does not trust the hosts (…)`. @internal */
export function describeHealth({ health, details, servers }: KeyProviderHealth): string {
  const unhealthy = servers.filter(
    (each) => each.health !== "OK" || each.serverTrustsClient === false || each.clientTrustsServer === false,
  );
  return [`vCenter reports health ${health}${inParentheses(details)}`, ...unhealthy.map(describeServer)].join("; ");
}

function describeServer({ name, health, details, serverTrustsClient, clientTrustsServer }: KeyServerHealth): string {
  const client = serverTrustsClient === false ? ", it does not trust the hosts" : "";
  const server = clientTrustsServer === false ? ", the hosts do not trust it" : "";
  return `key server "${name}": ${health}${client}${server}${inParentheses(details)}`;
}

function inParentheses(details: readonly string[]): string {
  return details.length === 0 ? "" : ` (${details.join("; ")})`;
}

function readHealth(operation: Operation): Promise<KeyProviderHealth> {
  const { connection, target } = operation;
  return readResult(operation, {
    noun: "key provider",
    path: keyProviderPath(target),
    once: true,
    start: (deadline) => getKeyProvider(connection.api, target, deadline),
    decode: healthIn,
  });
}
