const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of bytes, with padding. @see https://www.rfc-editor.org/rfc/rfc4648#section-4 */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  let bits = 0; // of the last bytes; the lowest `left` are not written yet
  let left = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (left += 8; left >= 6;) text += DIGITS.charAt((bits >> (left -= 6)) & 63);
  }
  if (left > 0) text += DIGITS.charAt((bits << (6 - left)) & 63);
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/** Base64 of bytes in the characters of URLs, without padding. @see https://www.rfc-editor.org/rfc/rfc4648#section-5 */
export function toBase64url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/[+/=]/g, (c) => (c === "+" ? "-" : c === "/" ? "_" : ""));
}

/** Bytes of a {@link toBase64url} text. The caller has checked its characters. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let left = 0;
  let length = 0;
  for (const digit of text.replace(/[-_]/g, (c) => (c === "-" ? "+" : "/"))) {
    bits = (bits << 6) | DIGITS.indexOf(digit);
    left += 6;
    if (left >= 8) bytes[length++] = bits >> (left -= 8);
  }
  return bytes;
}
