import { isDisallowedHeader } from "./header-rules.ts";

/** Header fields as Lambda@Edge passes them: lower-case names, one entry for each line of the request. */
export type EdgeHeaders = Record<string, { key?: string; value: string }[]>;

/** The part of the event a function may hand back, changed or not, to have the request passed on. */
export type EdgeRequest = {
  clientIp: string;
  headers: EdgeHeaders;
  method: string;
  querystring: string;
  uri: string;
};

/**
 * What a viewer-request function is called with.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
 */
export type ViewerRequestEvent = {
  Records: [
    {
      cf: {
        config: {
          distributionDomainName: string;
          distributionId: string;
          eventType: "viewer-request";
          requestId: string;
        };
        request: EdgeRequest;
      };
    },
  ];
};

/** A request as it came off the wire; `target` is the path and query, as the viewer sent it. */
export type ReceivedRequest = {
  clientIp: string;
  method: string;
  target: string;
  rawHeaders: readonly string[];
  requestId: string;
};

/** The example distribution of AWS's own documentation. */
const DISTRIBUTION = { domainName: "d111111abcdef8.cloudfront.net", id: "EDFDVBD6EXAMPLE" } as const;

/**
 * Builds the event for one request: no body, headers that functions may not see left out, repeated ones kept apart.
 */
export function createViewerRequestEvent(received: ReceivedRequest): ViewerRequestEvent {
  const [uri, querystring] = splitTarget(received.target);
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: DISTRIBUTION.domainName,
            distributionId: DISTRIBUTION.id,
            eventType: "viewer-request",
            requestId: received.requestId,
          },
          request: {
            clientIp: received.clientIp,
            headers: visibleHeaders(received.rawHeaders),
            method: received.method,
            querystring,
            uri,
          },
        },
      },
    ],
  };
}

/** Splits a request target at its first `?`; the `?` itself belongs to neither half. */
export function splitTarget(target: string): [uri: string, querystring: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

function visibleHeaders(rawHeaders: readonly string[]): EdgeHeaders {
  // A header may be called `__proto__`; in an object without a prototype that is a name like any other.
  const headers = Object.create(null) as EdgeHeaders;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const key = rawHeaders[index] ?? "";
    const name = key.toLowerCase();
    if (isDisallowedHeader(name)) continue;
    (headers[name] ??= []).push({ key, value: rawHeaders[index + 1] ?? "" });
  }
  return headers;
}
