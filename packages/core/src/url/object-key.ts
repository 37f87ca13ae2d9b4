/** Characters that the key of an object may have: any that can be printed but `\`, which some servers read as `/`. */
export const KEY_CHARACTERS = /^[^\p{Cc}\p{Cs}\\]+$/u;

/**
 * Whether a text is a key that no server reads as another one: without empty segments, `.` and `..`, and without what cannot
 * be printed.
 *
 * @param text  decoded
 */
export function isObjectKey(text: string): boolean {
  const segments = text.split("/");
  return (
    KEY_CHARACTERS.test(text) && segments.every((segment) => segment !== "" && segment !== "." && segment !== "..")
  );
}

/** Whether a text is what keys in some folder begin with: segments of a key, each followed by `/`; `""`: all keys. */
export function isObjectFolder(text: unknown): boolean {
  return text === "" || (typeof text === "string" && text.endsWith("/") && isObjectKey(text.slice(0, -1)));
}
