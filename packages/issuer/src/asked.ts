import { percentEncode, PresignOnceError } from "@presign-once/core";

/** What a URL for one upload is to be good for; what is left out is as the settings say. */
export interface UploadAsked {
  /** Life of the URL, in whole seconds. */
  readonly expiresInSeconds?: number | undefined;
  /** Most bytes that the upload may bring. */
  readonly maxBytes?: number | undefined;
  /** Least bytes that it must bring. */
  readonly minBytes?: number | undefined;
  /** Exact length of the file, in bytes. */
  readonly contentLength?: number | undefined;
  /** Media type that the upload must have: `image/png`. */
  readonly contentType?: string | undefined;
  /** Kept as metadata of the object. */
  readonly filename?: string | undefined;
  /** What the object's name ends in: `jpg`. */
  readonly extension?: string | undefined;
  /** SHA-256 that the body must have: 64 hex digits. */
  readonly sha256?: string | undefined;
  /** Lets the client that is first retry; where the settings have `retries`. */
  readonly retries?: "same-client" | undefined;
  /** Folders below `uploads.prefix` that the object goes to: `tenant-7/`. No parameter of `/url`: there the authorizer names them. */
  readonly folder?: string | undefined;
  /** Metadata of the object by name, likewise: `{ "uploaded-by": "anna" }`. The client has to send it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What a link for one download is to be good for. */
export interface DownloadAsked {
  /** Key of the object, with `uploads/`; it need not be there yet. */
  readonly key: string;
  /** Life of the link, in whole seconds. */
  readonly expiresInSeconds?: number | undefined;
  /** What the file is called; default: the last segment of the key. */
  readonly filename?: string | undefined;
  /** One of those that browsers do not run; default: `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** `never`: a plain GET downloads, so a preview uses the link up. */
  readonly confirm?: "never" | undefined;
  /** `none`: exactly one request. */
  readonly retries?: "none" | undefined;
}

/** The parameter of `/url` that each field is. */
const PARAMETERS: Readonly<Record<keyof (Omit<UploadAsked, "folder" | "metadata"> & DownloadAsked), string>> = {
  expiresInSeconds: "expires-in",
  maxBytes: "max-bytes",
  minBytes: "min-bytes",
  contentLength: "content-length",
  contentType: "content-type",
  filename: "filename",
  extension: "extension",
  sha256: "sha256",
  retries: "retries",
  key: "download",
  confirm: "confirm",
};

/** What was asked for. @throws {PresignOnceError} `ARGUMENT_INVALID`: no object */
export function checkAsked<T extends object>(asked: T): T {
  if (typeof asked !== "object" || asked === null || Array.isArray(asked))
    throw new PresignOnceError("ARGUMENT_INVALID", "asked: expected an object, or nothing for what the settings say");
  return asked;
}

/**
 * The query that asks `/url` for the same, so that there is one reading of what may be asked.
 *
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: a value that a query cannot carry, which would become another text in it
 */
export function toQuery(asked: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(asked).map(([field, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const isParameter = typeof value === "number" || typeof value === "string";
    if (!isParameter || LONE_SURROGATE.test(`${field}=${value}`))
      throw new PresignOnceError(
        "ARGUMENT_INVALID",
        `${field}: expected a number or a text without lone surrogates; leave the field out for the default`,
      );
    const name = Object.hasOwn(PARAMETERS, field) ? PARAMETERS[field as keyof typeof PARAMETERS] : field;
    return [`${percentEncode(name)}=${percentEncode(String(value))}`];
  });
  return parts.flat().join("&");
}

const LONE_SURROGATE = /\p{Cs}/u;

/** What is wrong, with the field in place of the parameter. */
export function nameFields(fault: string): string {
  const fields = new Map(Object.entries(PARAMETERS).map(([field, name]) => [name, field]));
  return fault.replace(/^[a-z0-9-]+(?=:)/, (name) => fields.get(name) ?? name);
}
