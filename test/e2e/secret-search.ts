// SPDX-License-Identifier: Apache-2.0

// Looks for pieces of secrets in whatever was written, however it was wrapped and escaped there.

/** A piece of this length is a leak: short enough to meet every cut, long enough not to occur by chance. */
const WINDOW = 16;
/** Characters in which a PKCS#8 key says of which kind it is: the same in all keys of that kind. */
const HEAD = 48;

/**
 * Returns the pieces of `secret` that occur in `text`, each 16 characters long; none means that it is not there.
 *
 * @param text - state, output or log; line breaks and their escapes are passed over.
 * @param secret - a password of at least 16 characters, or a PEM, whose base64 body is looked for.
 * @param known - the key's certificate: the public key stands in both, and isn't looked for.
 */
export function piecesOf(secret: string, text: string, known = ""): string[] {
  const bare = unwrapped(text);
  const isPem = secret.startsWith("-----BEGIN ");
  const body = unwrapped(secret.replace(/-----[A-Z ]+-----/g, "")).slice(isPem ? HEAD : 0);
  if (body.length < WINDOW) throw new Error("too short to look for");
  const pieces = Array.from({ length: body.length - WINDOW + 1 }, (_, at) => body.slice(at, at + WINDOW));
  const shared = unwrapped(known);
  return pieces.filter((piece) => bare.includes(piece) && !shared.includes(piece));
}

function unwrapped(text: string): string {
  return text.replace(/\\[rn]|\s/g, "");
}
