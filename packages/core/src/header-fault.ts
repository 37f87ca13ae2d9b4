/** What is wrong with the headers of an upload; `message` is a fixed text, with at most a header's own name in it. */
export interface HeaderFault {
  readonly reason: "header-refused" | "content-length-missing" | "entity-too-large";
  readonly message: string;
}

/** A header that cannot be. */
export function refused(message: string): HeaderFault {
  return { reason: "header-refused", message };
}

/** More bytes than are allowed. */
export function tooLarge(message: string): HeaderFault {
  return { reason: "entity-too-large", message };
}

/** No length, where one is needed. */
export function lengthMissing(): HeaderFault {
  return { reason: "content-length-missing", message: "The upload must say its length in a Content-Length header." };
}

/** A header's name for a message: CloudFront lets only token characters through, other fronts may not. */
export function printable(name: string): string {
  return name.slice(0, 64).replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, "?");
}
