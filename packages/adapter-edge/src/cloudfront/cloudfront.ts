/**
 * CloudFront's viewer-request event and its answers, as far as the edge functions use them.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
 */
export interface ViewerRequestEvent {
  readonly Records: readonly [
    { readonly cf: { readonly config: ViewerRequestConfig; readonly request: ViewerRequest } },
  ];
}

/** Which distribution and trigger an event is from. */
export interface ViewerRequestConfig {
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly eventType: "viewer-request";
  readonly requestId: string;
}

/** Header fields by lower-case name; a repeated header has several. */
export type CloudFrontHeaders = Readonly<Record<string, readonly { readonly key?: string; readonly value: string }[]>>;

/** The viewer's request; returned, changed or not, it goes on to the origin. */
export interface ViewerRequest {
  readonly clientIp: string;
  readonly method: string;
  readonly uri: string;
  readonly querystring: string;
  readonly headers: CloudFrontHeaders;
}

/** An answer made by the function; the request goes no further. */
export interface GeneratedResponse {
  readonly status: string;
  readonly statusDescription: string;
  readonly headers: CloudFrontHeaders;
  readonly body: string;
}
