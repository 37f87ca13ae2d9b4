/** One HTTP header field; the name in lower case, the value as received. */
export type HeaderField = readonly [name: string, value: string];
