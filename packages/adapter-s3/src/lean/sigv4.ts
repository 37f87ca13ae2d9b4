import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

import { canonicalQuery, formatAmzDate, type QueryParameter } from "@presign-once/core";

/** Who signs. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end, where that is known. */
  readonly expiration?: Date | undefined;
}

/** A request to be signed; names of headers in lower case. */
export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded, as it is sent. */
  readonly path: string;
  readonly query: readonly QueryParameter[];
  readonly headers: Readonly<Record<string, string>>;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** Signs requests to S3 of one region. */
export interface Signer {
  /**
   * Signs a request in its headers, body included.
   *
   * @returns the headers of the request and those that the signature needs
   */
  signHeaders(request: SignableRequest, body: string, credentials: S3Credentials, now: Date): Record<string, string>;
  /**
   * Signs a request in its query, body not included.
   *
   * @returns the whole query, in canonical form
   */
  presign(request: SignableRequest, expiresInSeconds: number, credentials: S3Credentials, now: Date): string;
}

/**
 * Creates a signer: AWS Signature Version 4, for S3.
 *
 * The key that signs is derived once a day for each secret.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function createSigner(region: string): Signer {
  let derived: { readonly of: string; readonly key: KeyObject } | undefined;

  function signingKey(day: string, secretAccessKey: string): KeyObject {
    const of = `${day} ${secretAccessKey}`;
    if (derived?.of !== of) {
      const parts = [day, region, "s3", "aws4_request"];
      const key = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
      derived = { of, key: createSecretKey(key) }; // ready for use: of bytes one would be made at every signature
    }
    return derived.key;
  }

  /** @param query  canonical */
  function signatureOf(
    { method, path, headers }: SignableRequest,
    query: string,
    names: readonly string[],
    payload: string,
    secretAccessKey: string,
    date: string,
  ): string {
    let fields = "";
    for (const name of names) fields += `${name}:${canonicalValue(headers[name] ?? "")}\n`;
    const canonical = `${method}\n${path}\n${query}\n${fields}\n${names.join(";")}\n${payload}`;
    const day = date.slice(0, 8);
    const toSign = `${ALGORITHM}\n${date}\n${day}/${region}/s3/aws4_request\n${sha256(canonical)}`;
    return hmac(signingKey(day, secretAccessKey), toSign).toString("hex");
  }

  return {
    signHeaders(request, body, { accessKeyId, secretAccessKey, sessionToken }, now) {
      const date = formatAmzDate(now);
      const payload = sha256(body);
      const headers: Record<string, string> = {
        ...request.headers,
        "x-amz-content-sha256": payload,
        "x-amz-date": date,
      };
      if (sessionToken !== undefined) headers["x-amz-security-token"] = sessionToken;
      const names = Object.keys(headers).sort();
      const query = canonicalQuery(request.query);
      const signature = signatureOf({ ...request, headers }, query, names, payload, secretAccessKey, date);
      const credential = `${accessKeyId}/${date.slice(0, 8)}/${region}/s3/aws4_request`;
      headers["authorization"] =
        `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
      return headers;
    },

    presign(request, expiresInSeconds, { accessKeyId, secretAccessKey, sessionToken }, now) {
      const date = formatAmzDate(now);
      const names = Object.keys(request.headers).sort();
      const query = canonicalQuery([
        ...request.query,
        ["X-Amz-Algorithm", ALGORITHM],
        ["X-Amz-Content-Sha256", UNSIGNED_PAYLOAD],
        ["X-Amz-Credential", `${accessKeyId}/${date.slice(0, 8)}/${region}/s3/aws4_request`],
        ["X-Amz-Date", date],
        ["X-Amz-Expires", String(expiresInSeconds)],
        ...(sessionToken === undefined ? [] : ([["X-Amz-Security-Token", sessionToken]] as const)),
        ["X-Amz-SignedHeaders", names.join(";")],
      ]);
      return `${query}&X-Amz-Signature=${signatureOf(request, query, names, UNSIGNED_PAYLOAD, secretAccessKey, date)}`;
    },
  };
}

/** Header values are signed trimmed, with every run of blanks as one. */
function canonicalValue(value: string): string {
  return value.trim().replace(/ {2,}/g, " ");
}

function sha256(text: string): string {
  return hash("sha256", text);
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
