import { validateHeaderName, validateHeaderValue } from "node:http";

import type { BucketCors } from "./cors-headers.ts";
import { isForbiddenCustomHeader } from "./header-rules.ts";
import { LocalEdgeError } from "./local-edge-error.ts";

/** Where requests go that a function lets pass, as a CloudFront origin is configured. */
export type OriginOptions = {
  /** Scheme, host and port, without a path: `http://127.0.0.1:9000`. */
  url: string;
  /** Put before the path of every request. Begins with a slash, does not end with one. */
  path?: string;
  /** Added to every request; they override headers of the same name. */
  customHeaders?: Record<string, string>;
  /**
   * Headers of the viewer that stay behind, which CloudFront would pass on: lower-case names, or beginnings of names
   * with a `*` after them. {@link MINIFLARE_STRIPS} is what the R2 in miniflare needs.
   */
  stripHeaders?: readonly string[];
  /**
   * The origin's CORS rules, for one that can have none of its own: pages of these origins (`*`: of any) may read its
   * answers, with credentials where that is said. Without it the origin's own CORS headers are passed back.
   */
  cors?: BucketCors;
  /** The origin ignores `response-*` parameters of a GET, by which S3 answers with other headers than are stored. */
  ignoresResponseParameters?: boolean;
};

/**
 * What the R2 in miniflare must not see of a viewer: it answers 403 to any `Origin` but its own, and takes `mf-*` for
 * miniflare's word, such as `mf-original-hostname` for the host that was signed.
 */
export const MINIFLARE_STRIPS: readonly string[] = ["origin", "mf-*"];

/** An origin whose settings CloudFront would accept. */
export type Origin = {
  protocol: "http:" | "https:";
  hostname: string;
  port: number;
  /** The value of `Host` that the origin gets. */
  host: string;
  path: string;
  customHeaders: ReadonlyMap<string, { key: string; value: string }>;
  isStripped: (name: string) => boolean;
  cors: BucketCors | undefined;
  ignoresResponseParameters: boolean;
};

/**
 * Checks origin settings the way CloudFront does when a distribution is saved.
 *
 * @throws {LocalEdgeError} `OPTION_INVALID`, naming the setting
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
 */
export function parseOrigin(options: OriginOptions): Origin {
  const url = URL.parse(options.url);
  if (
    url === null ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.pathname !== "/" ||
    url.search !== ""
  ) {
    throw invalid("origin.url must be http:// or https://, a host and perhaps a port, and nothing after it");
  }
  const path = options.path ?? "";
  if (path !== "" && !/^(\/[^\s/?#]+)+$/.test(path)) {
    throw invalid("origin.path must begin with a slash, not end with one, and hold no empty part, space, ? or #");
  }
  const customHeaders = new Map<string, { key: string; value: string }>();
  for (const [key, value] of Object.entries(options.customHeaders ?? {})) {
    const name = key.toLowerCase();
    if (isForbiddenCustomHeader(name))
      throw invalid(`origin.customHeaders: CloudFront cannot add ${key} to origin requests`);
    try {
      validateHeaderName(key);
      validateHeaderValue(key, value);
    } catch (cause) {
      throw invalid(`origin.customHeaders: ${JSON.stringify(key)} or its value is not a valid header`, { cause });
    }
    customHeaders.set(name, { key, value });
  }
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (url.protocol === "http:" ? 80 : 443)),
    host: url.host,
    path,
    customHeaders,
    isStripped: matcherOf(options.stripHeaders ?? []),
    cors: options.cors,
    ignoresResponseParameters: options.ignoresResponseParameters ?? false,
  };
}

function matcherOf(names: readonly string[]): (name: string) => boolean {
  const prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  return (name) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

function invalid(message: string, options?: ErrorOptions): LocalEdgeError {
  return new LocalEdgeError("OPTION_INVALID", message, options);
}
