/** One HTTP header field; the name in lower case unless said otherwise, the value as received. */
export type HeaderField = readonly [name: string, value: string];

/** The value of a header that was sent exactly once. */
export function onlyValue(headers: readonly HeaderField[], name: string): string | undefined {
  const fields = headers.filter(([own]) => own === name);
  return fields.length === 1 ? fields[0]?.[1] : undefined;
}
