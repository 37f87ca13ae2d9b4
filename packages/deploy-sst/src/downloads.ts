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
export type Downloads<Text = Input<string>> = ReturnType<typeof downloadParts<Text>>;

/** How CloudFront signs what it asks of the downloads' origin. */
export const ORIGIN_ACCESS = {
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
};

/** The runtime of the function that turns a path into a key. */
export const PATH_RUNTIME = "cloudfront-js-2.0";

/** The origin and the behaviour of downloads. */
export function downloadParts<Text>(
  made: { readonly domainName: Text; readonly originAccessControlId: Text; readonly functionArn: Text },
  {
    path = DEFAULT_DOWNLOAD_PATH,
    access,
  }: { readonly path?: string; readonly access: "public" | { readonly keyGroups: readonly Text[] } },
) {
  const { functionArn, ...origin } = made;
  const trusted: { trustedKeyGroups?: Text[] } = access === "public" ? {} : { trustedKeyGroups: [...access.keyGroups] };
  return {
    origin: { originId: DOWNLOADS_ORIGIN, ...origin },
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
      functionAssociations: [{ eventType: "viewer-request", functionArn }],
    },
  };
}

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
  args: NonNullable<SingleUseUploadsArgs["downloads"]>,
): Downloads {
  const signing = new aws.cloudfront.OriginAccessControl(`${name}Downloads`, ORIGIN_ACCESS);
  const toKey = new aws.cloudfront.Function(`${name}DownloadPath`, {
    runtime: PATH_RUNTIME,
    publish: true,
    code: rewriteCode(args.path),
  });
  return downloadParts<Input<string>>(
    { domainName: uploads.regionalDomainName, originAccessControlId: signing.id, functionArn: toKey.arn },
    args,
  );
}

/** Cuts the path off and puts the folder of the uploads on; what is left may name nothing outside that folder. */
export function rewriteCode(path: string = DEFAULT_DOWNLOAD_PATH): string {
  return `function handler(event) {
  var request = event.request;
  request.uri = "/${UPLOADS_FOLDER}" + request.uri.slice(${path.length + 1});
  return request;
}
`;
}
