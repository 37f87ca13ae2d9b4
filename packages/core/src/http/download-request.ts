import type { DownloadRequest } from "../ticket/download-issuer.ts";
import { DOWNLOAD_TYPES, FILE_NAME_WORDS, isFileName, MAX_FILE_NAME_BYTES } from "../ticket/download-ticket.ts";
import { isObjectKey } from "../url/object-key.ts";
import { type GrantLimits, numberBetween, type ParameterFault, parseForm } from "./grant-request.ts";

/** What a client asks of a link for a download, checked but for whether it may. */
export type AskedDownload = Omit<DownloadRequest, "baseUrl">;

/** Whether a query asks for a download rather than for an upload. */
export function asksForDownload(query: string): boolean {
  return parseForm(query)?.some(([name]) => name === "download") === true;
}

/** Every parameter of a download: the form that it must have, and whether it has. */
const PARAMETERS: Readonly<
  Record<string, (limits: GrantLimits) => readonly [form: string, is: (value: string) => boolean]>
> = {
  download: () => ["the key of an object, without empty segments, . and .. or control characters", isObjectKey],
  "expires-in": ({ maxExpiresInSeconds: most }) => [
    `a whole number of seconds from 1 to ${most}`,
    (value) => numberBetween(value, 1, most) !== undefined,
  ],
  filename: () => [`1 to ${MAX_FILE_NAME_BYTES} bytes once percent-encoded, ${FILE_NAME_WORDS}`, isFileName],
  "content-type": () => [
    `one of ${DOWNLOAD_TYPES.join(", ")}`,
    (value) => DOWNLOAD_TYPES.some((type) => type === value),
  ],
  confirm: () => ["never", (value) => value === "never"],
  retries: () => ["none", (value) => value === "none"],
};

/**
 * Reads what a client asks for from the query of `/url` with `download`.
 *
 * All or nothing: one parameter that is unknown, repeated or of the wrong form, and there is no link.
 */
export function readDownloadRequest(query: string, limits: GrantLimits): AskedDownload | ParameterFault {
  const values = new Map<string, string>();
  for (const [name, value] of parseForm(query) ?? []) {
    const [form, is] = Object.hasOwn(PARAMETERS, name) ? (PARAMETERS[name]?.(limits) ?? []) : [];
    if (form === undefined || is === undefined)
      return { fault: `A download has the parameters ${Object.keys(PARAMETERS).join(", ")}, and no other.` };
    if (values.has(name)) return { fault: `${name}: expected once, ${form}.` };
    if (!is(value)) return { fault: `${name}: expected ${form}.` };
    values.set(name, value);
  }
  const life = values.get("expires-in");
  return {
    key: values.get("download") ?? "",
    expiresInSeconds: life === undefined ? Math.min(limits.expiresInSeconds, limits.maxExpiresInSeconds) : Number(life),
    fileName: values.get("filename"),
    contentType: values.get("content-type"),
    ...(values.has("confirm") ? { confirm: "never" } : {}),
    ...(values.has("retries") ? { retries: "none" } : {}),
  };
}
