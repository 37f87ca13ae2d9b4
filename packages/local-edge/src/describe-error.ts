/**
 * An error in one line that may be logged.
 *
 * What follows a `?` may be a signed query, so it stays out, and so does the stack.
 */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "something that is no Error was thrown";
  return text.replace(/\?\S*/g, "?...").replace(/\s+/g, " ").slice(0, 500);
}
