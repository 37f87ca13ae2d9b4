import type { IncomingHttpHeaders } from "node:http";

import { readSignature } from "../../support/fronts/s3/presented-signature.ts";
import { readHead } from "../../support/fronts/s3/request-head.ts";
import { computeSignature } from "../../support/fronts/s3/sigv4.ts";

/** A request as it came off the wire; `host` is the name that it must have been signed for. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  readonly host: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Checks a SigV4 signature for S3, in the `Authorization` header or in the query, and returns its signer.
 *
 * @param secretOf  the secret that goes with an access key
 * @returns         the access key, or undefined for anything but a right signature
 */
export function signerOf(
  { method, path, query, host, headers }: SignedRequest,
  secretOf: (accessKeyId: string) => string | undefined,
): string | undefined {
  const rawHeaders = Object.entries({ ...headers, host }).flatMap(([name, value = ""]) => [name, String(value)]);
  const head = readHead(method, `${path}?${query}`, rawHeaders);
  const presented = readSignature(head);
  if ("refusal" in presented) return undefined;
  const secret = secretOf(presented.accessKeyId);
  if (secret === undefined) return undefined;
  const { signature } = computeSignature(head, presented, secret);
  return signature === presented.signature ? presented.accessKeyId : undefined;
}
