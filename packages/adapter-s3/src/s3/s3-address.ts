import { percentEncode, PresignOnceError } from "@presign-once/core";

/** Where requests about one bucket go. */
export interface S3Address {
  readonly protocol: "http:" | "https:";
  /** Value of the `Host` header: the port is in it where it is not the protocol's own. */
  readonly host: string;
  readonly hostname: string;
  readonly port: number;
  /** What stands before the key in every path, percent-encoded, without a `/` at its end. */
  readonly basePath: string;
}

/** Where S3 is. */
export interface S3Location {
  /** Region of the bucket: `eu-west-1`, or `auto` for R2. */
  readonly region: string;
  /** Base URL of another S3 server; default: AWS. */
  readonly endpoint?: string | undefined;
  /** Buckets in the path instead of the host name; default false. */
  readonly forcePathStyle?: boolean | undefined;
}

/** Regions of the partitions that are reached under `amazonaws.com`: the public one and GovCloud. */
const REGION = /^(?!cn-|us-iso|eu-isoe)[a-z]{2,}(?:-[a-z]+)+-\d$/;

/**
 * Works out where requests about a bucket go, as the AWS SDK does for plain buckets.
 *
 * A bucket with dots in its name stays in the path: in the host name no certificate would match it.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: no endpoint, and a region outside `amazonaws.com`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function addressOf({ region, endpoint, forcePathStyle = false }: S3Location, bucket: string): S3Address {
  if (endpoint === undefined && !REGION.test(region))
    throw new PresignOnceError("CONFIG_INVALID", "region: expected one of AWS such as eu-west-1, or an endpoint too");
  const { protocol, hostname, port, pathname } = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  if (protocol !== "https:" && protocol !== "http:")
    throw new PresignOnceError("CONFIG_INVALID", "endpoint: expected an http or https URL");
  const inPath = forcePathStyle || bucket.includes(".");
  const name = inPath ? hostname : `${bucket}.${hostname}`;
  return {
    protocol,
    hostname: name,
    host: port === "" ? name : `${name}:${port}`,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    basePath: pathname.replace(/\/$/, "") + (inPath ? `/${bucket}` : ""),
  };
}

/**
 * Checks that a path which was signed is what the edge asks the origin for: its origin path, and then the key.
 *
 * @throws {PresignOnceError} `CONFIG_INVALID`: the origin path is not what stands before the key
 */
export function requireOriginPath(originPath: string, path: string, key: string): void {
  const expected = path.slice(0, -(encodePath(key).length + 1));
  if (originPath !== expected)
    throw new PresignOnceError(
      "CONFIG_INVALID",
      `originPath: expected ${expected || "none"}, which stands before the key in what S3 is asked for`,
    );
}

/** Encodes a path in S3's canonical form: every byte escaped but the unreserved ones and `/`. */
export function encodePath(path: string): string {
  return path.split("/").map(percentEncode).join("/");
}
