import { percentEncode } from "./canonical-request.ts";

/**
 * Tells a browser to save an answer as a file of this name: as ASCII for old programs, and as UTF-8.
 *
 * @param fileName  without control characters
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4.1
 */
export function contentDisposition(fileName: string): string {
  const ascii = fileName.replace(/[^ -~]|["\\%]/gu, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${percentEncode(fileName)}`;
}
