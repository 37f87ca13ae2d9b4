import { LINKS_FOLDER } from "./folders.ts";
import type { Input, Providers } from "./providers.ts";

/** Errors that CloudFront would otherwise keep for ten seconds, so that one link's answer could be another request's. */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** What one-time downloads add to the distribution. */
export type OneTimeDownloads<Text = Input<string>> = ReturnType<typeof oneTimeParts<Text>>;

/** The cache policy of links: the whole query is in the key, and nothing is kept. */
export function linkCachePolicy(name: string) {
  return {
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
  };
}

/** The headers that are added to what a link answers. */
export function linkHeadersPolicy(name: string) {
  return {
    comment: `presign-once: ${name}: nothing that is stored runs`,
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "sandbox", override: false },
      referrerPolicy: { referrerPolicy: "no-referrer", override: true },
    },
  };
}

/** What of the distribution is different for links. */
export function oneTimeParts<Text>(cachePolicyId: Text, responseHeadersPolicyId: Text) {
  return {
    behaviour: { pathPattern: `/${LINKS_FOLDER}*`, cachePolicyId, responseHeadersPolicyId },
    errors: CACHED_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
  };
}

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
export function createOneTimeDownloads({ aws }: Providers, name: string): OneTimeDownloads {
  const cache = new aws.cloudfront.CachePolicy(`${name}DownloadLinks`, linkCachePolicy(name));
  const headers = new aws.cloudfront.ResponseHeadersPolicy(`${name}DownloadHeaders`, linkHeadersPolicy(name));
  return oneTimeParts<Input<string>>(cache.id, headers.id);
}
