// SPDX-License-Identifier: Apache-2.0
// Certificate, key and passphrase as the program gave them: texts, files, a variable. Each is read when it is asked for, and
// once: make a new one to read the files again.

import { CodedError, isCodedError } from "../../core/coded-error";
import type { Redactor } from "../../core/redact";
import { readBoundedBytes } from "../../process/bounded-file";
import { passwordFromBytes, passwordFromText } from "../../process/password-text";
import type { Properties } from "../../process/properties";
import { variableNamed } from "../../process/setting-values";
import { parseCertificates } from "../../x509/certificate";
import type { GivenCertificates } from "../../x509/certificate";
import { parsePrivateKey } from "../../x509/private-key";
import type { PrivateKeyInfo } from "../../x509/private-key";
import type { Known } from "../decode-inputs";
import { isGiven, isUnknown } from "../decode-inputs";
import type { KmsClientCertificateInputs } from "./inputs";

/** What a pair is read with. @internal */
export interface PairOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Learns key and passphrase. */
  readonly redactor: Redactor;
  /** Ends the reading of files. */
  readonly signal?: AbortSignal;
  /** The inputs as they came, if some may be unknown. */
  readonly news?: Properties;
}

/** Thrown if a value is needed that a preview does not know yet. @internal */
export class NotKnownYet extends Error {}

const PASSPHRASE_INPUTS = ["passphrase", "passphraseFile", "passphraseEnv"] as const;

/** What the program gave. @internal */
export class GivenPair {
  readonly #inputs: Known<KmsClientCertificateInputs>;
  readonly #options: PairOptions;
  readonly #files = new Map<string, Promise<Buffer>>();
  #certificates: Promise<GivenCertificates> | undefined;
  #privateKey: Promise<PrivateKeyInfo | undefined> | undefined;
  #passphrase: Promise<string | undefined> | undefined;

  constructor(inputs: Known<KmsClientCertificateInputs>, options: PairOptions) {
    this.#inputs = inputs;
    this.#options = options;
  }

  /** Whether there is a key, known or not. */
  get hasKey(): boolean {
    const { privateKey, privateKeyFile } = this.#inputs;
    const { news = {} } = this.#options;
    return [privateKey, privateKeyFile, news["privateKey"], news["privateKeyFile"]].some(isGiven);
  }

  /** Of text or file. @throws CodedError `ERR_CERTIFICATE_FILE`, and as {@link parseCertificates} */
  certificates(): Promise<GivenCertificates> {
    this.#certificates ??= this.#readCertificates();
    return this.#certificates;
  }

  /** Undefined if none is given or known. @throws CodedError `ERR_KEY_FILE`, and as {@link parsePrivateKey} */
  privateKey(): Promise<PrivateKeyInfo | undefined> {
    this.#privateKey ??= this.#readPrivateKey();
    return this.#privateKey;
  }

  /** Of the file, though there is a text. */
  async certificatesOfFile(): Promise<GivenCertificates> {
    const bytes = await this.#file("certificateFile", "ERR_CERTIFICATE_FILE");
    return this.#opened((passphrase) => parseCertificates(bytes, passphrase));
  }

  async #readCertificates(): Promise<GivenCertificates> {
    const { certificate, certificateFile } = this.#inputs;
    if (certificate !== undefined) return this.#opened((passphrase) => parseCertificates(certificate, passphrase));
    if (certificateFile !== undefined) return this.certificatesOfFile();
    throw new CodedError("ERR_INPUT_INVALID", "certificate is missing: give it, or certificateFile");
  }

  async #readPrivateKey(): Promise<PrivateKeyInfo | undefined> {
    const { privateKey, privateKeyFile } = this.#inputs;
    const input =
      privateKey ?? (privateKeyFile === undefined ? undefined : await this.#file("privateKeyFile", "ERR_KEY_FILE"));
    if (input === undefined) return undefined;
    const key = await this.#opened((passphrase) => parsePrivateKey(input, passphrase)).catch((error: unknown) =>
      this.#keyOfCertificates(input, error),
    );
    this.#options.redactor.addPem(key.pem);
    return key;
  }

  /** Of several keys; what the certificates are is known last. */
  async #keyOfCertificates(input: string | Buffer, error: unknown): Promise<PrivateKeyInfo> {
    if (!isCodedError(error) || error.details.severalKeys !== true) throw error;
    if (isUnknown(this.#options.news?.["certificate"])) throw new NotKnownYet();
    const { certificates } = await this.certificates();
    return this.#opened((passphrase) => parsePrivateKey(input, passphrase, certificates));
  }

  /** The passphrase is read only if something cannot be opened without it. */
  async #opened<T>(open: (passphrase?: string) => T): Promise<T> {
    try {
      return open();
    } catch (error) {
      if (!isCodedError(error) || error.details.passphrase !== "missing") throw error;
      this.#passphrase ??= this.#readPassphrase();
      const passphrase = await this.#passphrase;
      if (passphrase === undefined) throw error;
      return open(passphrase);
    }
  }

  async #readPassphrase(): Promise<string | undefined> {
    const { passphrase, passphraseFile, passphraseEnv } = this.#inputs;
    const { environment, redactor, news = {} } = this.#options;
    if (PASSPHRASE_INPUTS.some((name) => isUnknown(news[name]))) throw new NotKnownYet();
    let text = passphrase;
    if (passphraseFile !== undefined) {
      text = passwordFromBytes(await this.#file("passphraseFile", "ERR_KEY_FILE"), "passphraseFile", "passphrase");
    } else if (passphraseEnv !== undefined) {
      const value = variableNamed(passphraseEnv, environment);
      if (value === undefined) throw variableMissing();
      text = passwordFromText(value, "the variable that passphraseEnv names", "passphrase");
    }
    if (text !== undefined) redactor.addText(text);
    return text;
  }

  /** A path that may be a passphrase given by mistake is not repeated. */
  #file(
    input: "certificateFile" | "privateKeyFile" | "passphraseFile",
    code: "ERR_CERTIFICATE_FILE" | "ERR_KEY_FILE",
  ): Promise<Buffer> {
    const path = this.#inputs[input] ?? "";
    const options = { showPath: input !== "passphraseFile", signal: this.#options.signal };
    // One file may hold both; errors name the input that was asked for first.
    const bytes = this.#files.get(path) ?? readBoundedBytes(path, input, code, options);
    this.#files.set(path, bytes);
    return bytes;
  }
}

function variableMissing(): CodedError {
  return new CodedError("ERR_KEY_FILE", "the environment variable that passphraseEnv names is not set", {
    details: { missing: true },
    remedy: "set it for `pulumi`, or give passphraseFile",
  });
}
