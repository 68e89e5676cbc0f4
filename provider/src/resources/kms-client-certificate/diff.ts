// SPDX-License-Identifier: Apache-2.0
// `diff`: the certificate by its fingerprint, never by its text; the target by name. Sends nothing, unless the program
// asks for `detectDrift: "always"`.

import type { DiffResult } from "@pulumi/pulumi/dynamic";
import { Redactor } from "../../core/redact";
import { readCertificateIfAny } from "../../kms/read-certificate";
import type { Wire } from "./check";
import { fingerprintOf } from "./desired";
import { decodeInputs, isUnknown, urnOf } from "../inputs";
import type { DecodedInputs } from "../inputs";
import { isPending, readState } from "../outputs";
import type { KnownState } from "../outputs";
import type { ProviderProcess } from "../../process/provider-process";
import { runOperation } from "../../process/run-operation";

/**
 * Compares what is wanted with what the server was last proved to hold.
 *
 * @param process - the provider process
 * @param olds - outputs as saved by any release
 * @param news - checked inputs; unknown values count as changed
 * @returns `changes`, always a boolean, and what makes it a replacement
 * @internal
 */
export async function diff(process: ProviderProcess, olds: Wire, news: Wire): Promise<DiffResult> {
  const state = readState(olds);
  const replaces = ["cluster", "keyProvider"].filter((name) => isUnknown(news[name]) || news[name] !== olds[name]);
  const server = process.server();
  if (server !== undefined && state.server !== undefined && server !== state.server) replaces.push("server");
  const { inputs } = decodeInputs(news);
  const changes =
    replaces.length > 0 ||
    // The outcome of an earlier replacement is open: `update` must ask.
    isPending(state) ||
    optionChanged(state, news, inputs) ||
    isUnknown(news["certificate"]) ||
    (await fingerprintOf(news["certificate"])) !== state.sha256Fingerprint ||
    (inputs.detectDrift === "always" && (await hasDrifted(process, state, news, inputs)));
  return { changes, replaces };
}

/** Only options that the state keeps; the others take effect without an update. */
function optionChanged(state: KnownState, news: Wire, { timeoutSeconds, onDelete }: DecodedInputs["inputs"]): boolean {
  const given = (name: string): boolean => news[name] !== undefined && news[name] !== null;
  return (
    isUnknown(news["timeoutSeconds"]) ||
    isUnknown(news["onDelete"]) ||
    (given("timeoutSeconds") ? timeoutSeconds : undefined) !== state.timeoutSeconds ||
    (given("onDelete") ? onDelete : undefined) !== state.onDelete
  );
}

async function hasDrifted(
  process: ProviderProcess,
  state: KnownState,
  news: Wire,
  { cluster, keyProvider, timeoutSeconds }: DecodedInputs["inputs"],
): Promise<boolean> {
  if (cluster === undefined || keyProvider === undefined) return false;
  const target = { cluster, keyProvider };
  const urn = urnOf(news);
  try {
    const live = await runOperation(
      process,
      { what: "Looking for drift of the client certificate", target, urn, timeoutSeconds, keys: new Redactor() },
      readCertificateIfAny,
    );
    return live?.sha256Fingerprint !== state.sha256Fingerprint;
  } catch (error) {
    // A preview must not fail because vCenter is away; the update would tell.
    const text = error instanceof Error ? error.message : "the read failed";
    process.notices.print("warning", `drift could not be looked for. ${text}`, {
      urn,
      target,
      redactor: new Redactor(),
    });
    return false;
  }
}
