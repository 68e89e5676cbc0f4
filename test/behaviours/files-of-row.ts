// SPDX-License-Identifier: Apache-2.0
// The files of single rows of the table.

import { Workbench } from "../fixtures/certificates/openssl";
import type { Step, Subject, Which } from "./behaviour";
import { wants } from "./steps";
import type { Want } from "./steps";

export const bench = new Workbench();
process.on("exit", () => {
  bench.remove();
});

export const certificateOf = (subject: Subject, which: Which): string => String(subject.inputs(which)["certificate"]);
export const keyOf = (subject: Subject, which: Which): string => String(subject.inputs(which)["privateKey"]);

/** The files of one row alone: rows run beside each other. */
export function filesOf(row: string): {
  readonly path: (name: string) => string;
  readonly write: (name: string, content: (subject: Subject) => string | Buffer) => Step;
  readonly remove: (name: string) => Step;
  readonly pair: (which: Which) => readonly Step[];
  readonly want: (more?: Record<string, unknown>) => Want;
} {
  const nameOf = (name: string): string => `${row}-${name}`;
  const path = (name: string): string => bench.path(nameOf(name));
  const write =
    (name: string, content: (subject: Subject) => string | Buffer): Step =>
    ({ subject }) => {
      bench.write(nameOf(name), content(subject));
    };
  return {
    path,
    write,
    remove: (name) => () => {
      bench.delete(nameOf(name));
    },
    pair: (which) => [
      write("client.pem", (subject) => certificateOf(subject, which)),
      write("client.key", (subject) => keyOf(subject, which)),
    ],
    want: (more = {}) =>
      wants("first", {
        certificate: undefined,
        privateKey: undefined,
        certificateFile: path("client.pem"),
        privateKeyFile: path("client.key"),
        ...more,
      }),
  };
}
