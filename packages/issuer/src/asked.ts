import { percentEncode } from "@presign-once/core";

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

/** The query that asks `/url` for the same, so that there is one reading of what may be asked. */
export function toQuery(asked: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(asked).map(([field, value]) => {
    const name = Object.hasOwn(PARAMETERS, field) ? PARAMETERS[field as keyof typeof PARAMETERS] : field;
    return value === undefined ? [] : [`${percentEncode(name)}=${percentEncode(String(value))}`];
  });
  return parts.flat().join("&");
}

/** What is wrong, with the field in place of the parameter. */
export function nameFields(fault: string): string {
  const fields = new Map(Object.entries(PARAMETERS).map(([field, name]) => [name, field]));
  return fault.replace(/^[a-z0-9-]+(?=:)/, (name) => fields.get(name) ?? name);
}
