// SPDX-License-Identifier: Apache-2.0
// `check`: everything that can be wrong with the inputs, at once and before any request. Failures show in the preview.

import type { CheckFailure, CheckResult } from "@pulumi/pulumi/dynamic";
import { isCodedError } from "../../core/coded-error";
import type { CodedError } from "../../core/coded-error";
import { Redactor } from "../../core/redact";
import type { CertificateInfo } from "../../x509/certificate";
import { warnOfTlsSettings } from "../../process/connection";
import { assertKeyMatches, fingerprintOf, parseDesired, readPrivateKey } from "./desired";
import { decodeInputs, isUnknown, urnOf } from "../inputs";
import type { DecodedInputs } from "../inputs";
import type { NoticeSubject } from "../../process/notices";
import type { ProviderProcess } from "../../process/provider-process";
import { loadX509 } from "../../lifecycle/load-x509";

/** Inputs or outputs as the engine hands them in. @internal */
export type Wire = Readonly<Record<string, unknown>>;

/**
 * Validates the inputs of a resource. Sends nothing; reads no file but the key's.
 *
 * @param process - the provider process
 * @param olds - the inputs as saved; empty for a new resource
 * @param news - the inputs as the program gives them; unknown values pass
 * @returns the inputs unchanged, with every failure. `property` is set for short options only, because the engine prints
 * the value of a named property
 * @internal
 */
export async function check(process: ProviderProcess, olds: Wire, news: Wire): Promise<CheckResult<Wire>> {
  const { inputs, failures: inputFailures } = decodeInputs(news);
  const failures: CheckFailure[] = inputFailures.map(({ property, reason }) => ({
    property,
    reason: `${reason} [ERR_INPUT_INVALID]`,
  }));
  const redactor = new Redactor();
  for (const secret of [inputs.privateKey]) if (secret !== undefined) redactor.addPem(secret);
  const { cluster, keyProvider } = inputs;
  const target = cluster === undefined || keyProvider === undefined ? undefined : { cluster, keyProvider };
  const subject: NoticeSubject = { urn: urnOf(news), target, redactor };

  const resolved = process.where();
  if ("problems" in resolved) for (const problem of resolved.problems) failures.push(toFailure(problem, redactor));
  else warnOfTlsSettings(process);
  if (target !== undefined) {
    const owner = process.claim(target, subject.urn);
    if (owner !== undefined) {
      failures.push({
        property: "",
        reason: `key provider "${target.keyProvider}" in cluster "${target.cluster}" is managed twice in this program: by ${owner} and by ${subject.urn ?? "this resource"}. Remove one of them [ERR_INPUT_INVALID]`,
      });
    }
  }
  failures.push(...(await checkCertificate(process, { inputs, olds, subject, redactor })));
  return { inputs: news, failures };
}

interface Subject {
  readonly inputs: DecodedInputs["inputs"];
  readonly olds: Wire;
  readonly subject: NoticeSubject;
  readonly redactor: Redactor;
}

async function checkCertificate(process: ProviderProcess, given: Subject): Promise<CheckFailure[]> {
  const { inputs, olds, subject, redactor } = given;
  const failures: CheckFailure[] = [];
  let certificate: CertificateInfo | undefined;
  if (inputs.certificate !== undefined) {
    try {
      certificate = await parseDesired(inputs.certificate);
    } catch (error) {
      failures.push(toFailure(error, redactor, "certificate"));
    }
  }
  if (certificate !== undefined) {
    const { checkCertificateRules } = await loadX509();
    const old = olds["certificate"];
    const alreadyInState =
      old === inputs.certificate || (!isUnknown(old) && (await fingerprintOf(old)) === certificate.sha256Fingerprint);
    const findings = checkCertificateRules(certificate, {
      nowMs: process.clock.wallMs(),
      expiryWarningDays: inputs.expiryWarningDays ?? 0,
      alreadyInState,
    });
    // Made of the certificate's facts alone, so that no key need be looked for (3 ms for RSA 2048, in every no-op).
    const plain: NoticeSubject = { urn: subject.urn, target: subject.target };
    for (const { level, message } of findings) {
      if (level === "error")
        failures.push({ property: "", reason: redactor.redact(`${message} [ERR_CERTIFICATE_INVALID]`) });
      else if (level === "warning") process.notices.print("warning", message, plain);
      else if (!alreadyInState) process.notices.print("info", message, plain);
    }
  }
  const keyFailure = await checkPrivateKey(process, certificate, given);
  return keyFailure === undefined ? failures : [...failures, keyFailure];
}

async function checkPrivateKey(
  process: ProviderProcess,
  certificate: CertificateInfo | undefined,
  { inputs, subject, redactor }: Subject,
): Promise<CheckFailure | undefined> {
  const name = inputs.privateKey === undefined ? "privateKeyFile" : "privateKey";
  try {
    // Both given is a failure already; the file's content would only blur it.
    const privateKey = await readPrivateKey(
      inputs.privateKey === undefined ? inputs : { privateKey: inputs.privateKey, privateKeyFile: undefined },
    );
    if (privateKey !== undefined && certificate !== undefined) await assertKeyMatches(certificate, privateKey);
    return undefined;
  } catch (error) {
    if (isCodedError(error, "ERR_KEY_FILE") && error.details["missing"] === true) {
      // The preview of a pull request has no keys; create and update fail before any request.
      process.notices.print("warning", `${error.message}; it must be there when the certificate is applied`, subject);
      return undefined;
    }
    return toFailure(error, redactor, name);
  }
}

function toFailure(error: unknown, redactor: Redactor, name?: string): CheckFailure {
  if (!isCodedError(error)) throw error;
  const { message, remedy }: CodedError = error;
  const reason = `${name === undefined ? "" : `${name}: `}${message}${remedy === undefined ? "" : `. To mend it: ${remedy}`} [${error.code}]`;
  return { property: "", reason: redactor.redact(reason) };
}
