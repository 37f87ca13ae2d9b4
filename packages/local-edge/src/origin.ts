import { validateHeaderName, validateHeaderValue } from "node:http";

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
   * Leaves the viewer's `Origin` header out, which CloudFront does not do. The R2 in miniflare answers 403 to any origin
   * but its own, so uploads from a browser need this there.
   */
  stripOriginHeader?: boolean;
};

/** An origin whose settings CloudFront would accept. */
export type Origin = {
  protocol: "http:" | "https:";
  hostname: string;
  port: number;
  /** The value of `Host` that the origin gets. */
  host: string;
  path: string;
  customHeaders: ReadonlyMap<string, { key: string; value: string }>;
  stripOriginHeader: boolean;
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
    stripOriginHeader: options.stripOriginHeader ?? false,
  };
}

function invalid(message: string, options?: ErrorOptions): LocalEdgeError {
  return new LocalEdgeError("OPTION_INVALID", message, options);
}
