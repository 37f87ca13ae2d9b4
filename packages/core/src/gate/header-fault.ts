import { TOKEN_CHARACTERS } from "../ports/header-field.ts";
import { clientSecret } from "../url/forms.ts";
import { CLIENT_HEADER } from "./client-secret.ts";

const NO_TOKEN_CHARACTER = new RegExp(`[^${TOKEN_CHARACTERS}]`, "g");

/** What is wrong with the headers of an upload; `message` repeats nothing of the request but a header's
 * name, and of the grant at most the value that the URL shows anyway. */
export interface HeaderFault {
  readonly reason: "header-refused" | "content-length-missing" | "entity-too-large" | "entity-too-small";
  readonly message: string;
}

/** A header that may not be sent, or not with this value. */
export function headerRefused(message: string): HeaderFault {
  return { reason: "header-refused", message };
}

/** More bytes than are allowed. */
export function tooLarge(message: string): HeaderFault {
  return { reason: "entity-too-large", message };
}

/** Fewer bytes than are asked for. */
export function tooSmall(minBytes: number): HeaderFault {
  return { reason: "entity-too-small", message: `This URL was granted for ${minBytes} bytes at least.` };
}

/** No length, where one is needed. */
export function lengthMissing(): HeaderFault {
  return { reason: "content-length-missing", message: "The upload must say its length in a Content-Length header." };
}

/** What is wrong with the header by which a client makes itself known, if anything. */
export function findClientFault(secret: string, isGranted: boolean): string | undefined {
  if (!isGranted) return `The header ${CLIENT_HEADER} goes with URLs that were granted retries.`;
  return clientSecret.is(secret)
    ? undefined
    : `The header ${CLIENT_HEADER} is not ${clientSecret.words}, made by chance.`;
}

/** A header's name for a message: CloudFront lets only token characters through, other fronts may not. */
export function printable(name: string): string {
  return name.slice(0, 64).replace(NO_TOKEN_CHARACTER, "?");
}
