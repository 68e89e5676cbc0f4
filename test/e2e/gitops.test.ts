// SPDX-License-Identifier: Apache-2.0

// The story that examples/gitops tells, with the commands that are in its pipeline files: a pull request, the merge, drift,
// its repair, and a certificate that ends soon. GitHub's workflow plays all of it; GitLab's and Azure's the parts that differ.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CertificateAuthority, MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import { azureJobs } from "../support/pipelines/azure-jobs";
import type { PipelineSettings } from "../support/pipelines/ci-job";
import type { GithubEvent } from "../support/pipelines/github-jobs";
import { githubJobs } from "../support/pipelines/github-jobs";
import type { JobResult, Runner } from "../support/pipelines/runner";
import { makeRunner } from "../support/pipelines/runner";
import type { PipelineTools } from "../support/pipelines/tools";
import { findPipelineTools } from "../support/pipelines/tools";

const example = resolve(__dirname, "../../examples/gitops");
const read = (file: string): string => readFileSync(resolve(example, file), "utf8");
const DAY_MS = 86_400_000;

function filesBelow(folder: string): string[] {
  const names = readdirSync(resolve(example, folder), { recursive: true, encoding: "utf8" });
  return names.map((name) => join(folder, name)).filter((name) => statSync(resolve(example, name)).isFile());
}

describe("the pipelines of examples/gitops", () => {
  let runner: Runner;
  let simulator: Simulator;
  let tools: PipelineTools;
  let ca: CertificateAuthority;
  let variables: Record<string, string>;
  let secrets: Record<string, string>;

  before(async () => {
    [tools, runner, simulator, ca] = await Promise.all([
      findPipelineTools(),
      makeRunner(),
      startSimulator({ taskDurationMs: 100 }),
      makeCa(),
    ]);
    variables = {
      PULUMI_BACKEND_URL: runner.backend,
      VCENTER_SERVER: `${simulator.host}:${simulator.port}`,
      VCENTER_USER: simulator.user,
    };
    secrets = { VCENTER_PASSWORD: simulator.password, PULUMI_CONFIG_PASSPHRASE: "story", PULUMI_ACCESS_TOKEN: "" };
  });
  after(async () => {
    try {
      simulator.assertClean();
    } finally {
      await Promise.all([runner.remove(), simulator.close()]);
    }
  });

  const issue = (days: number): Promise<MadeCertificate> =>
    makeCertificate({ ca, freshKey: true, notAfter: new Date(Date.now() + days * DAY_MS) });

  /** Runs what GitHub runs, and returns `name status` of each job with all the output. */
  const onGithub = async (event: GithubEvent, branch = "main"): Promise<{ ended: string[]; output: string }> => {
    const results = await runner.withCheckout(branch, (place) => {
      const settings: PipelineSettings = { variables, secrets, ...place };
      const workflow = tools.parseYaml(read(".github/workflows/kms-client-certificate.yml"));
      return runner.run(githubJobs(workflow, event, settings), place);
    });
    return told(results);
  };
  const told = (results: readonly JobResult[]): { ended: string[]; output: string } => ({
    ended: results.map(({ name, status }) => `${name} ${status === 0 ? "green" : "red"}`),
    output: results.map(({ output }) => output).join("\n"),
  });
  const rotate = async (branch: string, certificate: MadeCertificate): Promise<void> => {
    secrets["KMS_CLIENT_KEY"] = certificate.privateKeyPem;
    await runner.commit(branch, { "kms-client.pem": certificate.certificatePem });
  };
  const patches = (): number => {
    const count = simulator.journal.patches();
    simulator.journal.clear();
    return count;
  };

  it("begins with a stack whose settings are in the repository", async () => {
    await runner.commit("main", {
      ...Object.fromEntries([".github", "."].flatMap(filesBelow).map((file) => [file, read(file)])),
      "vcenter-ca.pem": simulator.caPem,
    });
    await runner.withCheckout("main", async ({ checkout }) => {
      const env = { PULUMI_BACKEND_URL: runner.backend, PULUMI_CONFIG_PASSPHRASE: secrets["PULUMI_CONFIG_PASSPHRASE"] };
      const made = await runner.command("pulumi", ["stack", "init", "production", "--non-interactive"], checkout, env);
      assert.equal(made.status, 0, made.output);
      const settings = readFileSync(resolve(checkout, "Pulumi.production.yaml"), "utf8");
      assert.match(settings, /encryptionsalt/);
      assert.match(settings, /keyProvider: kms-1/);
      await runner.commit("main", { "Pulumi.production.yaml": settings });
    });
  });

  it("previews a pull request without a write", async () => {
    await rotate("renew", await issue(365));
    const { ended, output } = await onGithub("pull_request", "renew");
    assert.deepEqual(ended, ["preview green"], output);
    assert.match(output, /1 to create|2 to create/);
    assert.equal(patches(), 0);
  });

  it("applies the merge", async () => {
    await runner.merge("renew");
    const { ended, output } = await onGithub("push");
    assert.deepEqual(ended, ["up green"], output);
    assert.equal(patches(), 1);
    assert.equal(simulator.openSessions(), 0);
    assert.ok(!output.includes(simulator.password) && !output.includes("PRIVATE KEY"));
  });

  it("finds what somebody changed, says how long the certificate lasts, and writes nothing", async () => {
    simulator.setCertificate((await issue(365)).certificatePem);
    const { ended, output } = await onGithub("schedule");
    assert.deepEqual(ended, ["drift red", "expiry green"], output);
    assert.match(output, /no changes were expected/);
    assert.match(output, /ends at \d{4}-.*, in 36[45] days/);
    assert.equal(patches(), 0);
  });

  it("repairs it when the workflow is run by hand", async () => {
    const { ended, output } = await onGithub("workflow_dispatch");
    assert.deepEqual(ended, ["up green"], output);
    assert.equal(patches(), 1);
  });

  it("alerts when the certificate ends soon: rotated by Azure's pipeline, found by all", async () => {
    const short = await issue(10);
    await rotate("main", short);
    const onAzure = async (reason: "IndividualCI" | "Schedule"): Promise<{ ended: string[]; output: string }> => {
      const results = await runner.withCheckout("main", async (place) => {
        await writeFile(resolve(place.temporary, "kms-client.key"), secrets["KMS_CLIENT_KEY"] ?? "", { mode: 0o600 });
        const settings: PipelineSettings = { variables, secrets, ...place };
        return runner.run(azureJobs(tools.parseYaml(read("azure-pipelines.yml")), reason, settings), place);
      });
      return told(results);
    };
    const up = await onAzure("IndividualCI");
    assert.deepEqual(up.ended, ["up green"], up.output);
    assert.equal(patches(), 1);
    assert.equal(fingerprintOfPem(simulator.certificate()), short.fingerprint);
    const check = await onAzure("Schedule");
    assert.deepEqual(check.ended, ["drift green", "expiry red"], check.output);
    assert.match(check.output, /ends at \d{4}-.*, in 9 days/);
    assert.equal(patches(), 0);
  });

  it("runs GitLab's jobs as gitlab-ci-local reads them", async () => {
    const onGitlab = (source: string, more: Record<string, string>): Promise<JobResult> =>
      runner.withCheckout("main", async ({ checkout, temporary }) => {
        const files = { password: simulator.password, key: secrets["KMS_CLIENT_KEY"] ?? "", ca: simulator.caPem };
        for (const [name, text] of Object.entries(files)) await writeFile(resolve(temporary, name), `${text}\n`);
        const settings = {
          CI_PIPELINE_SOURCE: source,
          PULUMI_HOME: resolve(temporary, "pulumi-home"),
          PULUMI_BACKEND_URL: runner.backend,
          VSPHERE_TRUST_AUTHORITY_SERVER: `${simulator.host}:${simulator.port}`,
          VSPHERE_TRUST_AUTHORITY_USER: simulator.user,
          VSPHERE_TRUST_AUTHORITY_PASSWORD_FILE: resolve(temporary, "password"),
          VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: resolve(temporary, "ca"),
          KMS_CLIENT_KEY_FILE: resolve(temporary, "key"),
          ...more,
        };
        const options = Object.entries(settings).flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
        const local = ["--force-shell-executor", "--no-color", "--ignore-predefined-vars", "CI_PIPELINE_SOURCE"];
        return runner.command("node", [tools.gitlabCiLocal, ...local, ...options], checkout, {});
      });
    const passphrase = { PULUMI_CONFIG_PASSPHRASE: secrets["PULUMI_CONFIG_PASSPHRASE"] ?? "" };
    const up = await onGitlab("push", passphrase);
    assert.equal(up.status, 0, up.output);
    assert.match(up.output, /json schema validated/);
    assert.match(up.output, /up .*2 unchanged/);
    // The expiry job fails the pipeline; that is the alert.
    const scheduled = await onGitlab("schedule", passphrase);
    assert.notEqual(scheduled.status, 0, scheduled.output);
    assert.match(scheduled.output, /PASS {2}drift/);
    assert.match(scheduled.output, /FAIL {2}expiry/);
    assert.match(scheduled.output, /ends at \d{4}-.*, in 9 days/);
    assert.equal(patches(), 0);
  });
});
