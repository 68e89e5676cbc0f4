// SPDX-License-Identifier: Apache-2.0
// The inputs of a `KmsClientCertificate`.

import { contentInPlaceOfPath } from "../../process/path-setting";
import type { InputTable } from "../decode-inputs";
import { COMMON_INPUTS, decodeBoolean, decodeChoice, decodeDays, decodeText } from "../input-decoders";
import type { CommonInputs } from "../input-decoders";

/** With defaults. @internal */
export interface KmsClientCertificateInputs extends CommonInputs {
  /** PEM as the program gave it. */
  readonly certificate: string;
  readonly privateKey: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly expiryWarningDays: number;
  readonly detectDrift: "onRefresh" | "always";
  readonly adopt: boolean;
  /** Only `retain` is left of what 0.1.0 could do. */
  readonly onDelete: "retain" | undefined;
}

/** Default of `expiryWarningDays`. */
const DEFAULT_EXPIRY_WARNING_DAYS = 30;

/** One row for each. @internal */
export const INPUTS: InputTable<KmsClientCertificateInputs> = {
  ...COMMON_INPUTS,
  certificate: { decode: decodeText, hidden: true },
  privateKey: { decode: decodeText, hidden: true, secret: true, optional: true },
  privateKeyFile: { decode: decodeKeyPath, hidden: true, optional: true, stored: "kept" },
  expiryWarningDays: { decode: decodeDays, default: DEFAULT_EXPIRY_WARNING_DAYS, stored: "kept" },
  detectDrift: { decode: decodeChoice("onRefresh", "always"), default: "onRefresh", stored: "kept" },
  adopt: { decode: decodeBoolean, default: false, stored: "kept" },
  onDelete: { decode: decodeOnDelete, optional: true },
};

/** The key's text in its place would be stored in clear, and printed. */
function decodeKeyPath(value: unknown): string {
  const path = decodeText(value);
  const content = contentInPlaceOfPath(path);
  if (content === undefined) return path;
  throw new TypeError(`is no path: it holds ${content}. Give the path; for the text use privateKey`);
}

function decodeOnDelete(value: unknown): "retain" {
  if (value === "retain") return value;
  throw new TypeError(
    "is not supported any more: deleting never sends anything. To have the cluster make a self-signed certificate, declare a KmsSelfSignedClientCertificate",
  );
}
