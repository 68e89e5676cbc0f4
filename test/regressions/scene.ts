// SPDX-License-Identifier: Apache-2.0
// How a regression is written: one scenario, ended with its assertions (no session left, no secret shown) after the test.

import { it } from "node:test";
import type { Scenario, ScenarioOptions } from "../support/in-process";
import { startScenario } from "../support/in-process";

/** Writes a test before a vCenter of its own. */
export function regression(name: string, options: ScenarioOptions, test: (s: Scenario) => Promise<void>): void {
  it(name, { timeout: 60_000 }, async () => {
    const scenario = await startScenario(options);
    try {
      await test(scenario);
    } catch (error) {
      await scenario.close();
      throw error;
    }
    await scenario.end();
  });
}
