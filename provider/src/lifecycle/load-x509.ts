// SPDX-License-Identifier: Apache-2.0
// What reads certificates and keys, loaded with the first of them: node-forge costs 22 ms, which a process that only
// deletes need not pay.

import type * as certificateModule from "../x509/certificate";
import type * as privateKeyModule from "../x509/private-key";
import type * as rulesModule from "../x509/rules";

/** The floor below, as far as methods of the engine need it. @internal */
export type X509 = typeof certificateModule & typeof privateKeyModule & typeof rulesModule;

let loaded: Promise<X509> | undefined;

/**
 * Loads what reads certificates and keys, once: each `import()` costs a turn of the event loop, also of what is there.
 *
 * @returns the functions of x509
 * @internal
 */
export function loadX509(): Promise<X509> {
  loaded ??= Promise.all([
    import("../x509/certificate.js"),
    import("../x509/private-key.js"),
    import("../x509/rules.js"),
  ]).then(([certificate, privateKey, rules]) => ({ ...certificate, ...privateKey, ...rules }));
  return loaded;
}
