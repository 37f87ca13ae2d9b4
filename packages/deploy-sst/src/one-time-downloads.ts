import { LINKS_FOLDER } from "./folders.ts";
import type { Providers } from "./providers.ts";

/** Errors that CloudFront would otherwise keep for ten seconds, so that one link's answer could be another request's. */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** What one-time downloads add to the distribution. */
export type OneTimeDownloads = ReturnType<typeof createOneTimeDownloads>;

/**
 * Keeps an answer to one link from being the answer to another, and a stored page from running.
 *
 * CloudFront collapses requests of one cache key that come at once: here the whole query, with the pass in it, is part of
 * that key. What S3 sends is opened by no browser on this domain: it is a file to be saved, and in a sandbox besides. The
 * pages that the function makes have a policy of their own, which stays.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */
export function createOneTimeDownloads({ aws }: Providers, name: string) {
  const cache = new aws.cloudfront.CachePolicy(`${name}DownloadLinks`, {
    comment: `presign-once: ${name}: one answer for each link and pass`,
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 1,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "all" },
      enableAcceptEncodingBrotli: false,
      enableAcceptEncodingGzip: false,
    },
  });
  const headers = new aws.cloudfront.ResponseHeadersPolicy(`${name}DownloadHeaders`, {
    comment: `presign-once: ${name}: nothing that is stored runs`,
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "sandbox", override: false },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
    },
  });
  return {
    behaviour: { pathPattern: `/${LINKS_FOLDER}*`, cachePolicyId: cache.id, responseHeadersPolicyId: headers.id },
    errors: CACHED_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
  };
}
