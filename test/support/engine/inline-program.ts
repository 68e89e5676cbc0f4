// SPDX-License-Identifier: Apache-2.0
// A project's program in this process, as the Automation API runs an inline one: the engine calls back here, and no process
// is started for it.

import { createRequire } from "node:module";
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";

/** A program that waits for the engine. */
export interface InlineProgram {
  /** What the CLI needs to find it. */
  readonly options: readonly string[];
  readonly close: () => void;
}

const load = createRequire(__filename);
/** What the Automation API itself uses; the SDK gives no type of it. */
const { LanguageServer } = load("@pulumi/pulumi/automation/server") as {
  readonly LanguageServer: new (program: () => Promise<unknown>) => UntypedServiceImplementation;
};

/**
 * Offers a program to the engine.
 *
 * @param file - the program, a CommonJS module; loaded anew for each run, and its exports are the stack's outputs
 */
export async function offerProgram(file: string): Promise<InlineProgram> {
  const program = (): Promise<unknown> => {
    Reflect.deleteProperty(load.cache, file);
    return Promise.resolve(load(file));
  };
  const server = new Server();
  server.addService(LanguageRuntimeService, new LanguageServer(program));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    options: [`--client=127.0.0.1:${port}`, "--exec-kind=auto.inline"],
    close: () => {
      server.forceShutdown();
    },
  };
}
