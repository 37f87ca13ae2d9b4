import { type HeaderField, isPlainValue } from "../ports/header-field.ts";
import type { Ids } from "../ports/ids.ts";
import { PresignOnceError } from "../ports/presign-once-error.ts";
import { isEdgeHeader } from "../url/edge-headers.ts";
import type { EdgeKeys } from "../url/edge-keys.ts";
import { baseUrl as baseUrlForm, extension as extensionForm, folders } from "../url/forms.ts";
import { MAX_GRANT_ID_LENGTH } from "../url/grant-id.ts";
import { CLIENT_HEADER } from "./client-secret.ts";
import type { IssueRequest } from "./issuer.ts";
import { isMetadataName, METADATA_PREFIX } from "./upload-headers.ts";

/** HTTP does not tell upper from lower case in names of headers; everything here has them in lower case. */
export function withLowerCaseNames(request: IssueRequest): IssueRequest {
  const { headers = [] } = request;
  return { ...request, headers: headers.map(([name, value]) => [name.toLowerCase(), value]) };
}

/**
 * Checks a request to an issuer.
 *
 * @param most.bytes    that any upload may bring
 * @param most.seconds  that the URL may live
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: names the field and the form expected
 */
export function checkIssueRequest(
  { baseUrl, expiresInSeconds, headers = [], maxBytes, minBytes = 0, folder = "", extension }: IssueRequest,
  most: { readonly bytes: number; readonly seconds: number },
): void {
  if (!baseUrlForm.is(baseUrl)) throw invalid("baseUrl", `expected ${baseUrlForm.words}`);
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > most.seconds)
    throw invalid("expiresInSeconds", `expected a whole number from 1 to ${most.seconds}`);
  if (maxBytes !== undefined && (!Number.isInteger(maxBytes) || maxBytes < 0 || maxBytes > most.bytes))
    throw invalid("maxBytes", `expected a whole number from 0 to ${most.bytes}`);
  const mostAtLeast = maxBytes ?? most.bytes;
  if (!Number.isInteger(minBytes) || minBytes < 0 || minBytes > mostAtLeast)
    throw invalid("minBytes", `expected a whole number from 0 to ${mostAtLeast}`);
  if (typeof folder !== "string" || !folders.is(folder)) throw invalid("folder", `expected ${folders.words}`);
  if (extension !== undefined && (typeof extension !== "string" || !extensionForm.is(extension)))
    throw invalid("extension", `expected ${extensionForm.words}`);
  checkBindable(headers);
}

/**
 * Names a new object: the issuer's folders, those of the caller, and a name that was never used, which names the grant too.
 *
 * @param request  checked
 * @throws {PresignOnceError} `LAW_BROKEN`: a name that S3 would refuse as the id in the object's metadata;
 *                            `ARGUMENT_INVALID`: the edge key that signs may not make URLs for these folders
 */
export function nameObject(
  keyPrefix: string,
  { folder = "", extension }: Pick<IssueRequest, "folder" | "extension">,
  { ids, keys }: { readonly ids: Ids; readonly keys: EdgeKeys },
): string {
  const name = `${ids.objectId()}${extension === undefined ? "" : `.${extension}`}`;
  if (name.length > MAX_GRANT_ID_LENGTH)
    throw new PresignOnceError("LAW_BROKEN", `ids: objectId() makes a name of over ${MAX_GRANT_ID_LENGTH} characters`);
  const key = `${keyPrefix}${folder}${name}`;
  if (!keys.allows({ method: "PUT", key }))
    throw invalid("folder", "expected one that the edge key which signs allows");
  return key;
}

/**
 * Checks the folders that new objects go to.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: other characters than unreserved ones of URLs and `/`, or no `/` at the end
 */
export function checkKeyPrefix(keyPrefix: string): void {
  if (!folders.is(keyPrefix)) throw new PresignOnceError("CONFIG_INVALID", `keyPrefix: expected ${folders.words}`);
}

function invalid(field: keyof IssueRequest, problem: string): PresignOnceError {
  return new PresignOnceError("ARGUMENT_INVALID", `${field}: ${problem}`, { field });
}

/** Headers that the edge refuses, adds or replaces cannot be asked of a client; nor can two values of one header. */
function checkBindable(headers: readonly HeaderField[]): void {
  const names = new Set<string>();
  for (const [name, value] of headers) {
    if (!isBindable(name)) throw invalid("headers", `${JSON.stringify(name)} cannot be bound into a URL`);
    if (names.has(name)) throw invalid("headers", `${name} stands there twice`);
    names.add(name);
    if (!isPlainValue(value))
      throw invalid("headers", `expected the value of ${name} to be printable ASCII with single spaces`);
  }
}

function isBindable(name: string): boolean {
  if (name.startsWith(METADATA_PREFIX)) return isMetadataName(name);
  return /^[a-z0-9-]+$/.test(name) && !UNBINDABLE.test(name) && name !== CLIENT_HEADER && !isEdgeHeader(name);
}

/**
 * `tag`, `max-bytes`, `min-bytes` and `retries`, because the parameters that would show them are the edge's own; a part of a file; and
 * what HTTP clients set by themselves, browsers let no page set, or CloudFront keeps to itself.
 *
 * @see https://fetch.spec.whatwg.org/#forbidden-request-header
 */
const UNBINDABLE =
  /^(?:tag|max-bytes|min-bytes|retries|if-.*|x-once-.*|content-range|upload-.*|authorization|accept-(?:charset|encoding)|access-control-.*|connection|cookie2?|date|dnt|expect|host|keep-alive|origin|proxy-.*|referer|sec-.*|set-cookie|te|trailer|transfer-encoding|upgrade|via|x-(?:amz-cf|edge)-.*|x-forwarded-.*|x-real-ip)$/;
