import { isDisallowedHeader, isHopByHopHeader } from "./header-rules.ts";
import type { Origin } from "./origin.ts";
import type { EdgeRequest } from "./viewer-request-event.ts";

/**
 * The headers an origin gets: CloudFront's managed policy "all viewer except Host", in the function's wording.
 *
 * Hop-by-hop headers, `Expect` and `X-Edge-*` stay behind; `Host`, `Via`, `X-Forwarded-For` and `X-Amz-Cf-Id` are the
 * edge's own; a viewer without a `User-Agent` goes as "Amazon CloudFront"; origin custom headers come last and win.
 *
 * @param request  what the function returned
 * @param edge  the edge's name in `Via`, and the id of this request
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
 */
export function originHeaders(
  request: EdgeRequest,
  origin: Origin,
  edge: { via: string; requestId: string },
): Record<string, string | string[]> {
  const headers = new Map<string, { key: string; values: string[] }>();
  const set = (key: string, ...values: string[]): void => void headers.set(key.toLowerCase(), { key, values });
  const valuesOf = (name: string): string[] => headers.get(name)?.values ?? [];

  for (const [name, entries] of Object.entries(request.headers)) {
    if (isDisallowedHeader(name) || isHopByHopHeader(name) || origin.isStripped(name)) continue;
    set(entries[0]?.key ?? name, ...entries.map(({ value }) => value));
  }
  // Chunked is how the viewer's body arrived and, its length being unknown, how it has to go on.
  if (request.headers["transfer-encoding"]) set("Transfer-Encoding", "chunked");
  if (!headers.has("user-agent")) set("User-Agent", "Amazon CloudFront");
  set("Host", origin.host);
  set("Connection", "Keep-Alive");
  set("Via", [...valuesOf("via"), edge.via].join(", "));
  set("X-Forwarded-For", [...valuesOf("x-forwarded-for"), request.clientIp].join(", "));
  set("X-Amz-Cf-Id", edge.requestId);
  for (const { key, value } of origin.customHeaders.values()) set(key, value);

  const result = Object.create(null) as Record<string, string | string[]>;
  for (const { key, values } of headers.values()) result[key] = values.length === 1 ? (values[0] ?? "") : values;
  return result;
}
