import { percentDecode, percentEncode } from "../url/canonical-request.ts";
import { decodeHead, encodeFields, type TicketHead } from "./ticket.ts";

/** What a URL without an S3 signature was granted for: one download. */
export interface DownloadTicket extends TicketHead {
  readonly method: "GET";
  /** Name that the file is stored under by browsers. */
  readonly fileName: string;
  /** One of {@link DOWNLOAD_TYPES}. */
  readonly contentType: string;
  /** `never`: a plain GET uses the ticket, so a preview does, too. Default: a page asks first. */
  readonly confirm?: "never" | undefined;
  /** `none`: one request. Default: the same client may send further ones, for parts of the file. */
  readonly retries?: "none" | undefined;
}

/** Types that a download may have: what a browser does not run as a page. The first is that of all other files. */
export const DOWNLOAD_TYPES = [
  "application/octet-stream",
  "application/pdf",
  "application/zip",
  "audio/mpeg",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
  "text/csv",
  "text/plain",
  "video/mp4",
] as const;

/** Longest file name, in bytes once percent-encoded. */
export const MAX_FILE_NAME_BYTES = 1_024;

/**
 * No folder, no control character, and none that turns the direction of text: it makes `exe.pdf` of `fdp.exe`, and browsers
 * store `_` in its place.
 */
const FILE_NAME = /^(?!\.\.?$)[^\p{Cc}\p{Cs}\p{Bidi_Control}/\\]+$/u;
/** What a file name may not have, for messages that refuse one. */
export const FILE_NAME_WORDS = "without /, \\, control characters and characters that turn the direction of text";

/** Whether a name is one that can be written into a header, that names no other folder, and that reads as it is. */
export function isFileName(name: string): boolean {
  return FILE_NAME.test(name) && percentEncode(name).length <= MAX_FILE_NAME_BYTES;
}

/** Serializes a ticket for a download: what every ticket says, file name, type, confirmation, retries. */
export function encodeDownloadTicket(ticket: DownloadTicket): string {
  const { key, fileName, contentType, confirm = null, retries = null } = ticket;
  const name = fileName === lastSegment(key) ? null : percentEncode(fileName);
  const type = contentType === DOWNLOAD_TYPES[0] ? null : contentType;
  return encodeFields({ ...ticket, key: encodeSegments(key) }, [name, type, confirm, retries]);
}

/** @returns `undefined` for a payload that is no ticket for a download, of this version */
export function decodeDownloadTicket(payload: string): DownloadTicket | undefined {
  const { head, granted = [] } = decodeHead(payload) ?? {};
  const [name = null, type = null, confirm = null, retries = null, ...others] = granted;
  if (head?.method !== "GET" || !(name === null || typeof name === "string")) return undefined;
  const key = percentDecode(head.key);
  if (key === undefined || encodeSegments(key) !== head.key) return undefined;
  const fileName = name === null ? lastSegment(key) : percentDecode(name);
  const contentType = DOWNLOAD_TYPES.find((each) => each === (type ?? DOWNLOAD_TYPES[0]));
  if (
    fileName === undefined ||
    !isFileName(fileName) ||
    contentType === undefined ||
    !(confirm === null || confirm === "never") ||
    !(retries === null || retries === "none") ||
    others.length > 0
  )
    return undefined;
  return {
    ...{ ...head, method: "GET", key, fileName, contentType },
    ...(confirm === null ? {} : { confirm }),
    ...(retries === null ? {} : { retries }),
  };
}

function encodeSegments(key: string): string {
  return key.split("/").map(percentEncode).join("/");
}

function lastSegment(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
