// SPDX-License-Identifier: Apache-2.0

// Looks for pieces of secrets in whatever was written, in every encoding, however it was wrapped and escaped there.

/** A piece of this length is a leak: short enough to meet every cut, long enough not to occur by chance. */
const WINDOW = 16;
/** Bytes in which a PKCS#8 key says of which kind it is: the same in all keys of that kind. */
const HEAD = 36;

/**
 * Returns the pieces of `secret` that occur in `text`, each 16 characters long; none means that it is not there.
 *
 * @param text - state, output or log; line breaks and their escapes are passed over.
 * @param secret - a password of at least 16 characters, or a PEM, looked for in base64 (also as a part of something
 * larger) and in hex.
 * @param known - the key's certificate: the public key is in both, and isn't looked for.
 */
export function piecesOf(secret: string, text: string, known = ""): string[] {
  return [...piecesIn(piecesToFind(secret, known), text)];
}

/** The pieces that {@link piecesOf} looks for, for those who look through many texts. */
export function piecesToFind(secret: string, known = ""): Set<string> {
  const pieces = windowsOf(formsOf(secret, HEAD));
  if (pieces.size === 0) throw new Error("too short to look for");
  for (const shared of windowsOf(known === "" ? [] : formsOf(known, 0))) pieces.delete(shared);
  return pieces;
}

/**
 * Finds pieces in a text.
 *
 * @param text - line breaks and their escapes are passed over
 */
export function piecesIn(pieces: ReadonlySet<string>, text: string): Set<string> {
  const bare = unwrapped(text);
  const found = new Set<string>();
  for (let at = 0; at + WINDOW <= bare.length; at += 1) {
    const piece = bare.slice(at, at + WINDOW);
    if (pieces.has(piece)) found.add(piece);
  }
  return found;
}

/** The texts in which a secret may appear. */
function formsOf(secret: string, head: number): string[] {
  if (!secret.startsWith("-----BEGIN ")) {
    const base64 = Buffer.from(secret).toString("base64");
    return [secret, encodeURIComponent(secret), base64, Buffer.from(secret).toString("hex")];
  }
  const der = Buffer.from(unwrapped(secret.replace(/-----[A-Z ]+-----/g, "")), "base64").subarray(head);
  const hex = der.toString("hex");
  // Base64 of three bytes each: where a key begins within something larger decides what it looks like.
  const alignments = [0, 1, 2].map((skip) => der.subarray(skip).toString("base64"));
  return [
    ...alignments,
    ...alignments.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
    hex,
    hex.toUpperCase(),
  ];
}

function windowsOf(forms: readonly string[]): Set<string> {
  const windows = new Set<string>();
  for (const form of forms) {
    for (let at = 0; at + WINDOW <= form.length; at += 1) windows.add(form.slice(at, at + WINDOW));
  }
  return windows;
}

function unwrapped(text: string): string {
  return text.replace(/\\+(?:[rn]|u000[ad])|\s/g, "");
}
