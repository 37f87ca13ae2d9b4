const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Tells whether texts take more than the given bytes of UTF-8 in all; counts exactly only near the limit. */
export function byteLengthAbove(limit: number, ...texts: readonly string[]): boolean {
  let units = 0;
  for (const { length } of texts) units += length;
  if (units > limit) return true;
  if (3 * units <= limit) return false; // no UTF-16 unit takes more than three bytes
  return texts.reduce((sum, text) => sum + utf8(text).length, 0) > limit;
}

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += (byte < 16 ? "0" : "") + byte.toString(16);
  return hex;
}

/** Bytes of a hexadecimal text, which the caller has checked. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Compares two texts in a time that does not depend on how much of them is the same. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
