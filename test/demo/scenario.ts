// SPDX-License-Identifier: Apache-2.0

// The story of the demonstration: the life of one certificate, step by step, and what each step must have done. How it is
// run and printed is in main.ts and report.ts.

import { fingerprintOfPem } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator/src/index";
import type { ExportedState, OperationResult, Stack } from "../support/engine/index";
import type { KeyPairs } from "./key-pairs";
import type { Received } from "./record";
import type { Finding } from "./report";

/** What a step works with. */
export interface Stage {
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly keyPairs: KeyPairs;
}

/** What a step left behind. */
export interface Outcome {
  readonly result: OperationResult;
  readonly received: Received;
  readonly state: ExportedState;
}

/** One step: preparation, one command, and the claims that must hold after it. */
export interface DemoStep {
  readonly title: string;
  /** As a person would type it. */
  readonly command: string;
  /** The folder of its program in `examples/`. Default `upload-key-pair`, by the root's Pulumi.yaml. */
  readonly example?: "signed-from-csr" | "expiry-report";
  readonly prepare?: (stage: Stage) => Promise<void> | void;
  readonly run: (stack: Stack) => Promise<OperationResult>;
  readonly findings: (outcome: Outcome, stage: Stage) => readonly Finding[];
}

const resourceName = "kms-client-certificate";

/** The steps in their order; each one starts from where the one before has ended. */
export const scenario: readonly DemoStep[] = [
  {
    title: "1. Upload a certificate and its key",
    command: "pulumi up",
    run: (stack) => stack.up(),
    findings: (outcome, { keyPairs }) => [
      ended(outcome, "create"),
      sent(outcome, 1),
      live(outcome, keyPairs.first.certificate, "the uploaded certificate"),
      recorded(outcome, keyPairs.first.certificate, "the uploaded certificate"),
      keyStaysOut(outcome, keyPairs.first.privateKey),
      loggedOut(outcome),
    ],
  },
  {
    title: "2. Nothing has changed",
    command: "pulumi up",
    run: (stack) => stack.up(["--expect-no-changes"]),
    findings: (outcome) => [
      ended(outcome, "same"),
      { claim: "vCenter received no request at all", holds: outcome.received.requests === 0 },
    ],
  },
  {
    title: "3. The certificate was renewed",
    command: "pulumi up",
    prepare: async ({ stack, keyPairs }: Stage): Promise<void> => {
      await stack.setConfig("certificateFile", keyPairs.second.certificateFile);
      await stack.setConfig("privateKeyFile", keyPairs.second.privateKeyFile);
    },
    run: (stack) => stack.up(),
    findings: (outcome, { keyPairs }) => [
      ended(outcome, "update"),
      sent(outcome, 1),
      live(outcome, keyPairs.second.certificate, "the new certificate"),
      recorded(outcome, keyPairs.second.certificate, "the new certificate"),
      loggedOut(outcome),
    ],
  },
  {
    title: "4. Somebody changes it by hand; a scheduled job looks for drift",
    command: "pulumi refresh --preview-only --expect-no-changes",
    prepare: ({ simulator, keyPairs }: Stage): void => {
      simulator.setCertificate(keyPairs.foreign.certificate);
    },
    run: (stack) => stack.refresh(["--preview-only", "--expect-no-changes"]),
    findings: (outcome, { keyPairs }) => [
      { claim: `the exit status tells the drift (${outcome.result.status})`, holds: (outcome.result.status ?? 0) > 0 },
      { claim: "the resource is shown as drifted", holds: outcome.result.steps.some((step) => step.op === "update") },
      sent(outcome, 0),
      recorded(outcome, keyPairs.second.certificate, "the new certificate still"),
      loggedOut(outcome),
    ],
  },
  {
    title: "5. Take the drift into the state",
    command: "pulumi refresh",
    run: (stack) => stack.refresh(),
    findings: (outcome, { keyPairs }) => [
      { claim: "exit status 0", holds: outcome.result.status === 0 },
      sent(outcome, 0),
      recorded(outcome, keyPairs.foreign.certificate, "somebody else's certificate"),
      loggedOut(outcome),
    ],
  },
  {
    title: "6. Repair it",
    command: "pulumi up --refresh",
    run: (stack) => stack.up(["--refresh"]),
    findings: (outcome, { keyPairs }) => [
      { claim: "exit status 0", holds: outcome.result.status === 0 },
      sent(outcome, 1),
      live(outcome, keyPairs.second.certificate, "the new certificate again"),
      recorded(outcome, keyPairs.second.certificate, "the new certificate"),
      // The refresh and the update are two phases, with the start of the program between them.
      loggedOut(outcome, 2),
    ],
  },
  {
    title: "7. Stop managing it",
    command: "pulumi destroy",
    run: (stack) => stack.destroy(),
    findings: (outcome, { keyPairs }) => [
      ended(outcome, "delete"),
      { claim: "the state is empty", holds: outcome.state.resources.length === 0 },
      sent(outcome, 0),
      live(outcome, keyPairs.second.certificate, "its certificate: the API has no removal"),
      { claim: "no session is left open", holds: outcome.received.openSessions === 0 },
    ],
  },
  {
    title: "8. Another way: the hosts make the key, a CA signs, the key server accepts",
    command: "pulumi up",
    example: "signed-from-csr",
    prepare: ({ simulator }: Stage): void => {
      refuseForAWhile(simulator);
    },
    run: (stack) => stack.up(),
    findings: (outcome: Outcome, { simulator }: Stage): readonly Finding[] => {
      const certificate = simulator.certificate(simulator.cluster, SIGNED_KEY_PROVIDER) ?? "";
      return [
        { claim: "exit status 0", holds: outcome.result.status === 0 },
        { claim: "vCenter received one POST for the request", holds: outcome.received.posts === 1 },
        sent(outcome, 1),
        recorded(outcome, certificate, "what the CA signed"),
        { claim: "it waited until the key server accepted the certificate", holds: outcome.received.healthReads > 1 },
        { claim: "no private key was anywhere but on the hosts", holds: !outcome.state.text.includes("PRIVATE KEY") },
        loggedOut(outcome),
      ];
    },
  },
  {
    title: "9. When do they end, and are the key servers content?",
    command: "pulumi preview",
    example: "expiry-report",
    run: (stack) => stack.preview(),
    findings: (outcome) => [
      { claim: "exit status 0: none ends soon", holds: outcome.result.status === 0 },
      sent(outcome, 0),
      { claim: "no session is left open", holds: outcome.received.openSessions === 0 },
    ],
  },
];

/** The key provider whose certificate is signed from the hosts' request. */
export const SIGNED_KEY_PROVIDER = "kms-2";

/** The key server refuses the hosts until it has had two seconds for the new certificate. */
function refuseForAWhile(simulator: Simulator): void {
  const set = (health: "ERROR" | "OK"): void => {
    simulator.setHealth(health, simulator.cluster, SIGNED_KEY_PROVIDER);
  };
  set("ERROR");
  const stop = simulator.journal.onEnd(({ operation }) => {
    if (operation !== "readKeyProvider") return;
    stop();
    setTimeout(set, 2_000, "OK");
  });
}

function ended({ result }: Outcome, op: string): Finding {
  const ops = result.steps.map((step) => step.op);
  const holds = result.status === 0 && ops.length === 1 && ops[0] === op;
  return { claim: `exit status 0, and the engine's one step was "${op}"`, holds };
}

function sent({ received }: Outcome, patches: number): Finding {
  return { claim: `vCenter received ${patches === 0 ? "no" : patches} PATCH`, holds: received.patches === patches };
}

function live({ received }: Outcome, certificate: string, what: string): Finding {
  return { claim: `vCenter holds ${what}`, holds: received.fingerprint === fingerprintOfPem(certificate) };
}

function recorded({ state }: Outcome, certificate: string, what: string): Finding {
  const kept = state.resources.find((one) => one.urn.endsWith(`::${resourceName}`));
  const holds = kept?.outputs?.["sha256Fingerprint"] === fingerprintOfPem(certificate);
  return { claim: `the state holds the fingerprint of ${what}`, holds };
}

function keyStaysOut({ state }: Outcome, privateKey: string): Finding {
  const middle = privateKey.split("\n")[1] ?? "";
  return { claim: "the private key is not in the state", holds: middle !== "" && !state.text.includes(middle) };
}

function loggedOut({ received }: Outcome, logins = 1): Finding {
  const holds = received.logins >= 1 && received.logins <= logins && received.openSessions === 0;
  return { claim: `${logins === 1 ? "one login" : "two logins at most"}, and no session is left open`, holds };
}
