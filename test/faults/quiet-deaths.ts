// SPDX-License-Identifier: Apache-2.0
// Row 39 in the phases in which nothing is sent: the process dies in a check, with its answer, at the logout.

import assert from "node:assert/strict";
import { assertNeverAnswered, earlierRun, startProvider } from "../support/crashes/doomed-process";
import { SavedResource } from "../support/crashes/saved-resource";
import type { Scenario } from "../support/in-process";
import { assertDead, converge, DONE, fault, kill, onArrival } from "./after-a-death";
import type { Cell } from "./fault";

fault(39, "V", "killed in a check that waits for its key file: nothing was sent, and an up converges", async (cell) => {
  const s = await cell.scenario();
  const resource = new SavedResource();
  // As on a file server that hangs.
  const hang = `import files from "node:fs/promises"; files.open = () => new Promise(() => undefined);`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(hang)}`;
  const doomed = await startProvider(s, cell.closeAfter, { NODE_OPTIONS });
  const inputs = s.inputs(s.wanted, { privateKey: undefined, privateKeyFile: "there-is-no.key" });
  const call = assertNeverAnswered(resource.up(doomed, inputs));
  setTimeout(() => process.kill(doomed.pid, "SIGKILL"), 400);
  await call;
  await assertDead(doomed);
  assert.deepEqual([...doomed.calls.keys()], ["configure", "check"]);
  assert.equal(s.simulator.journal.count(), 0);
  await converge(cell, s, resource, "create");
  assert.equal(s.simulator.journal.patches(), 1);
});

/** A process that answers, and is killed before anything else. */
async function killAfter(method: "create" | "update", cell: Cell, s: Scenario, resource: SavedResource): Promise<void> {
  const doomed = await startProvider(s, cell.closeAfter);
  assert.equal(await resource.up(doomed, s.inputs()), method);
  kill(doomed);
  await assertDead(doomed);
}

fault(39, "O", "killed right after its answer (create): nothing is done once more", async (cell) => {
  const s = await cell.scenario({ sessionsLeft: 1 });
  const resource = new SavedResource();
  await killAfter("create", cell, s, resource);
  await converge(cell, s, resource, "same");
  assert.equal(s.simulator.journal.patches(), 1);
  assert.equal(s.simulator.openSessions(), 1);
});

fault(
  39,
  "O",
  "killed when it has answered, and nothing is saved (update): nothing is sent once more",
  async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    const { resource } = await earlierRun(s);
    const unsaved = new SavedResource(resource.saved);
    await killAfter("update", cell, s, resource);
    await converge(cell, s, unsaved, "same");
    assert.equal(s.simulator.journal.patches(), 1);
  },
);

fault(39, "X", "killed at the logout (update): nothing is done once more, and no session is left", async (cell) => {
  const s = await cell.scenario();
  const { resource } = await earlierRun(s);
  const doomed = await startProvider(s, cell.closeAfter);
  onArrival({ match: { operation: "logout" }, action: DONE })(s, () => {
    kill(doomed);
  });
  assert.equal(await resource.up(doomed, s.inputs()), "update");
  assert.equal((await doomed.stop("SIGINT")).signal, "SIGKILL");
  await converge(cell, s, resource, "same");
  assert.equal(s.simulator.journal.patches(), 1);
});
