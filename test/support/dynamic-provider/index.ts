// SPDX-License-Identifier: Apache-2.0

// A client for the real dynamic-provider process: the methods of the engine's gRPC contract as plain typed functions. It
// knows no resource type; what is sent and expected belongs to the test.

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import type { LogMessage } from "./engine-log";
import { startEngineLog } from "./engine-log";
import { toProviderFailure } from "./failure";
import type { Properties } from "./properties";
import { fromStruct, toStruct } from "./properties";
import type { ProviderExit, Sdk } from "./provider-process";
import { startProviderProcess } from "./provider-process";

export type { LogMessage } from "./engine-log";
export { ProviderFailure } from "./failure";
export type { InitFailure } from "./failure";
export type { Properties } from "./properties";
export { unknownValue } from "./properties";
export type { ProviderExit } from "./provider-process";

/** What a provider process is started with. */
export interface DynamicProviderOptions {
  /** The directory of the program, from which modules resolve. */
  readonly cwd: string;
  /** Added to PATH and HOME, which are all that it inherits. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Default `newest`. */
  readonly sdk?: Sdk;
  /** A file that takes the place of the pipe at stderr. */
  readonly stderrFile?: string;
}

/** A problem that `check` found. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The answer of `diff`. */
export interface Diff {
  /** Undefined when the provider didn't say, in which case the engine would compare by itself. */
  readonly changes: boolean | undefined;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The answer of `read`. */
export interface ReadAnswer {
  /** Empty when the resource is gone. */
  readonly id: string;
  readonly properties: Properties;
  /** Undefined when the provider left the inputs alone. */
  readonly inputs: Properties | undefined;
}

/** A running provider; every method rejects with a {@link ProviderFailure}, also concurrently. */
export interface DynamicProvider {
  readonly pid: number;
  /** What the provider logged through the engine so far. */
  readonly logs: readonly LogMessage[];
  /** How many calls were sent, by name of the method. */
  readonly calls: ReadonlyMap<string, number>;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Closes the readers of stdout and stderr: whatever the process writes from now on fails with EPIPE. */
  readonly closeOutput: () => void;
  readonly configure: (config: Readonly<Record<string, string>>) => Promise<void>;
  readonly check: (
    olds: Properties,
    news: Properties,
  ) => Promise<{ readonly inputs: Properties; readonly failures: readonly CheckFailure[] }>;
  readonly diff: (id: string, olds: Properties, news: Properties) => Promise<Diff>;
  readonly create: (inputs: Properties) => Promise<{ readonly id: string; readonly properties: Properties }>;
  readonly read: (id: string, properties: Properties) => Promise<ReadAnswer>;
  readonly update: (id: string, olds: Properties, news: Properties) => Promise<Properties>;
  readonly delete: (id: string, properties: Properties) => Promise<void>;
  /** Ends the process as the engine does (SIGINT) and closes the connection. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<ProviderExit>;
}

/**
 * Starts the SDK's `cmd/dynamic-provider` with a stand-in for the engine beside it.
 *
 * @throws Error, when the process gives no port within 10 s.
 */
export async function startDynamicProvider(options: DynamicProviderOptions): Promise<DynamicProvider> {
  const log = await startEngineLog();
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, ...options.environment };
  const host = await startProviderProcess(
    log.address,
    options.cwd,
    environment,
    options.sdk ?? "newest",
    options.stderrFile,
  ).catch((error: unknown) => {
    log.close();
    throw error;
  });
  const client = new ResourceProviderClient(`127.0.0.1:${host.port}`, grpc.credentials.createInsecure());
  const calls = new Map<string, number>();
  const call = <Answer>(method: string, send: (callback: grpc.requestCallback<Answer>) => void): Promise<Answer> => {
    calls.set(method, (calls.get(method) ?? 0) + 1);
    return new Promise((resolve, reject) => {
      send((error, answer) => {
        if (error !== null) reject(toProviderFailure(error));
        else if (answer === undefined) reject(new Error(`${method} answered nothing`));
        else resolve(answer);
      });
    });
  };
  return {
    pid: host.pid,
    logs: log.messages,
    calls,
    output: host.output,
    closeOutput: host.closeOutput,
    configure: async (config) => {
      const request = new messages.ConfigureRequest().setArgs(toStruct(config)).setAcceptsecrets(true);
      await call<unknown>("configure", (callback) => client.configure(request, callback));
    },
    check: async (olds, news) => {
      const request = new messages.CheckRequest().setOlds(toStruct(olds)).setNews(toStruct(news));
      const answer = await call<messages.CheckResponse>("check", (callback) => client.check(request, callback));
      const failures = answer.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() }));
      return { inputs: fromStruct(answer.getInputs()), failures };
    },
    diff: async (id, olds, news) => {
      const request = new messages.DiffRequest().setId(id).setOlds(toStruct(olds)).setNews(toStruct(news));
      const answer = await call<messages.DiffResponse>("diff", (callback) => client.diff(request, callback));
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      const said = answer.getChanges();
      return {
        changes: said === DIFF_SOME ? true : said === DIFF_NONE ? false : undefined,
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
      };
    },
    create: async (inputs) => {
      const request = new messages.CreateRequest().setProperties(toStruct(inputs));
      const answer = await call<messages.CreateResponse>("create", (callback) => client.create(request, callback));
      return { id: answer.getId(), properties: fromStruct(answer.getProperties()) };
    },
    read: async (id, properties) => {
      const request = new messages.ReadRequest().setId(id).setProperties(toStruct(properties));
      const answer = await call<messages.ReadResponse>("read", (callback) => client.read(request, callback));
      const inputs = answer.getInputs();
      return {
        id: answer.getId(),
        properties: fromStruct(answer.getProperties()),
        inputs: inputs === undefined ? undefined : fromStruct(inputs),
      };
    },
    update: async (id, olds, news) => {
      const request = new messages.UpdateRequest().setId(id).setOlds(toStruct(olds)).setNews(toStruct(news));
      const answer = await call<messages.UpdateResponse>("update", (callback) => client.update(request, callback));
      return fromStruct(answer.getProperties());
    },
    delete: async (id, properties) => {
      const request = new messages.DeleteRequest().setId(id).setProperties(toStruct(properties));
      await call<unknown>("delete", (callback) => client.delete(request, callback));
    },
    stop: async (signal) => {
      const exit = await host.stop(signal);
      client.close();
      log.close();
      return exit;
    },
  };
}
