import type { BucketRef } from "./bucket.ts";
import { UPLOADS_FOLDER } from "./folders.ts";
import type { Input, Providers } from "./providers.ts";
import type { SingleUseUploadsArgs } from "./single-use-uploads-args.ts";

/** CloudFront's managed policies for caching and for headers such as `X-Content-Type-Options: nosniff`. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03";

const DOWNLOADS_ORIGIN = "downloads";

/** Default path of served objects. */
export const DEFAULT_DOWNLOAD_PATH = "/files";

/** What downloads add to the distribution. */
export type Downloads = ReturnType<typeof createDownloads>;

/**
 * Serves stored objects, through an origin of its own: only this one signs, so that the bucket can stay private.
 *
 * Behaviours are chosen by path and not by method, and `/uploads/*` belongs to the uploads: hence another path, which a
 * CloudFront function turns into the object's key.
 */
export function createDownloads(
  { aws }: Providers,
  name: string,
  uploads: BucketRef,
  { path = DEFAULT_DOWNLOAD_PATH, access }: NonNullable<SingleUseUploadsArgs["downloads"]>,
) {
  const signing = new aws.cloudfront.OriginAccessControl(`${name}Downloads`, {
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
  const toKey = new aws.cloudfront.Function(`${name}DownloadPath`, {
    runtime: "cloudfront-js-2.0",
    publish: true,
    code: rewriteCode(path),
  });
  const trusted: { trustedKeyGroups?: Input<string>[] } =
    access === "public" ? {} : { trustedKeyGroups: [...access.keyGroups] };
  return {
    origin: {
      originId: DOWNLOADS_ORIGIN,
      domainName: uploads.regionalDomainName,
      originAccessControlId: signing.id,
    },
    behaviour: {
      ...trusted,
      pathPattern: `${path}/*`,
      targetOriginId: DOWNLOADS_ORIGIN,
      viewerProtocolPolicy: "https-only",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: CACHING_OPTIMIZED,
      responseHeadersPolicyId: SECURITY_HEADERS,
      compress: true,
      functionAssociations: [{ eventType: "viewer-request", functionArn: toKey.arn }],
    },
  };
}

/** Cuts the path off and puts the folder of the uploads on; what is left may name nothing outside that folder. */
function rewriteCode(path: string): string {
  return `function handler(event) {
  var request = event.request;
  request.uri = "/${UPLOADS_FOLDER}" + request.uri.slice(${path.length + 1});
  return request;
}
`;
}
