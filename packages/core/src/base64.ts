const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of bytes, with padding. @see https://www.rfc-editor.org/rfc/rfc4648#section-4 */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  let bits = 0; // of the last bytes; the lowest `left` are not spelled yet
  let left = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (left += 8; left >= 6;) text += DIGITS.charAt((bits >> (left -= 6)) & 63);
  }
  if (left > 0) text += DIGITS.charAt((bits << (6 - left)) & 63);
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}
