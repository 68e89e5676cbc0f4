// SPDX-License-Identifier: Apache-2.0
// The inputs of a `KmsClientCertificate`.

import { contentInPlaceOfPath } from "../../process/path-setting";
import type { InputTable } from "../decode-inputs";
import { COMMON_INPUTS, decodeBoolean, decodeChoice, decodeDays, decodeText } from "../input-decoders";
import type { CommonInputs } from "../input-decoders";

/** With defaults. @internal */
export interface KmsClientCertificateInputs extends CommonInputs {
  /** As the program gave it; from `check` on the one certificate that is meant, PEM. */
  readonly certificate: string | undefined;
  readonly certificateFile: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly passphrase: string | undefined;
  readonly passphraseFile: string | undefined;
  /** The name of a variable. */
  readonly passphraseEnv: string | undefined;
  /** PEM. */
  readonly signingRequest: string | undefined;
  /** Undefined: as long as the certificate's lifetime suggests. */
  readonly expiryWarningDays: number | undefined;
  readonly detectDrift: "onRefresh" | "always";
  readonly adopt: boolean;
  readonly waitForHealth: boolean;
  /** Only `retain` is left of what 0.1.0 could do. */
  readonly onDelete: "retain" | undefined;
}

/** One row for each. @internal */
export const INPUTS: InputTable<KmsClientCertificateInputs> = {
  ...COMMON_INPUTS,
  certificate: { decode: decodeText, hidden: true, optional: true },
  certificateFile: { decode: decodePath("certificate"), hidden: true, optional: true, stored: "kept" },
  privateKey: { decode: decodeText, hidden: true, secret: "pem", optional: true },
  privateKeyFile: { decode: decodePath("privateKey"), hidden: true, optional: true, stored: "kept" },
  passphrase: { decode: decodePassphrase, hidden: true, secret: "text", optional: true },
  passphraseFile: { decode: decodePath("passphrase"), hidden: true, optional: true, stored: "kept" },
  passphraseEnv: { decode: decodeVariableName, hidden: true, optional: true, stored: "kept" },
  signingRequest: { decode: decodeText, hidden: true, optional: true, stored: "kept" },
  expiryWarningDays: { decode: decodeDays, optional: true, stored: "kept" },
  detectDrift: { decode: decodeChoice("onRefresh", "always"), default: "onRefresh", stored: "kept" },
  adopt: { decode: decodeBoolean, default: false, stored: "kept" },
  waitForHealth: { decode: decodeBoolean, default: false, stored: "kept" },
  onDelete: { decode: decodeOnDelete, optional: true },
};

/** A text given instead of its path would be stored in clear, and printed. */
function decodePath(textInput: string): (value: unknown) => string {
  return (value) => {
    const path = decodeText(value);
    const content = contentInPlaceOfPath(path);
    if (content === undefined) return path.replace(/[\r\n]+$/, "");
    throw new TypeError(`is not a path: it holds ${content}. Give the path; for the text use ${textInput}`);
  };
}

/** May be empty. Line ends at its end come from the file or command that it was taken from. */
function decodePassphrase(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`must be a string; received ${typeof value}`);
  return value.replace(/[\r\n]+$/, "");
}

function decodeVariableName(value: unknown): string {
  const name = decodeText(value).trim();
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new TypeError("is not the name of an environment variable. For the text use passphrase, as a secret");
}

function decodeOnDelete(value: unknown): "retain" {
  if (value === "retain") return value;
  throw new TypeError(
    "is not supported any more: deleting never sends anything. To have the cluster make a self-signed certificate, declare a KmsSelfSignedClientCertificate",
  );
}
