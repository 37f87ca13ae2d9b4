/** One HTTP header field; the name in lower case unless said otherwise, the value as received. */
export type HeaderField = readonly [name: string, value: string];

/** What the name of a header may be made of: the inside of a character class. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export const TOKEN_CHARACTERS = "!#$%&'*+.^_`|~0-9A-Za-z-";

/** The value of a header that was sent exactly once. */
export function onlyValue(headers: readonly HeaderField[], name: string): string | undefined {
  const fields = headers.filter(([own]) => own === name);
  return fields.length === 1 ? fields[0]?.[1] : undefined;
}

/**
 * Whether a value arrives at a store as it was sent, and is signed as it arrives: printable ASCII, not empty, without a
 * tab, a run of blanks or a blank at either end. SigV4 and HTTP clients fold those in different ways.
 */
export function isPlainValue(value: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/.test(value) && !value.includes("  ");
}

/** Whether a value is an ETag by which two files are the same, byte by byte; in ASCII, and of 200 characters at most. */
export function isStrongEtag(value: string): boolean {
  return /^"[!#-~]{0,198}"$/.test(value);
}
