import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

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
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function signerOf(
  request: SignedRequest,
  secretOf: (accessKeyId: string) => string | undefined,
): string | undefined {
  const parameters = readParameters(request.query);
  const authorization = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? "",
  );
  const inQuery = authorization === null;
  const [credential = "", names = "", signature = ""] = authorization?.slice(1) ?? [
    parameters.get("X-Amz-Credential"),
    parameters.get("X-Amz-SignedHeaders"),
    parameters.get("X-Amz-Signature"),
  ];
  const [accessKeyId = "", ...scope] = credential.split("/");
  const secret = secretOf(accessKeyId);
  if (secret === undefined || scope.length !== 4) return undefined;

  parameters.delete("X-Amz-Signature");
  const canonical = [
    request.method,
    request.path,
    [...parameters]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${headerOf(request, name)}`),
    "",
    names,
    inQuery ? "UNSIGNED-PAYLOAD" : String(request.headers["x-amz-content-sha256"]),
  ].join("\n");
  const date = inQuery ? parameters.get("X-Amz-Date") : String(request.headers["x-amz-date"]);
  const toSign = ["AWS4-HMAC-SHA256", date, scope.join("/"), createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  const key = scope.reduce<Buffer | string>((secretSoFar, part) => hmac(secretSoFar, part), `AWS4${secret}`);
  return hmac(key, toSign).toString("hex") === signature ? accessKeyId : undefined;
}

function headerOf({ host, headers }: SignedRequest, name: string): string {
  return name === "host"
    ? host
    : String(headers[name] ?? "")
        .trim()
        .replace(/ +/g, " ");
}

function readParameters(query: string): Map<string, string> {
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map(decodeURIComponent));
  return new Map(pairs.map(([name = "", value = ""]) => [name, value]));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
