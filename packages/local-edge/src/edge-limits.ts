/** The numbers CloudFront holds a viewer request to. Tests shorten them; nothing else should. */
export type EdgeLimits = {
  /** How long a function may take to load: Lambda's init phase. */
  initMs: number;
  /** How long one invocation may take. */
  functionMs: number;
  /** JavaScript heap of one function environment. Lambda counts the whole process, so the real limit is tighter. */
  functionMemoryMb: number;
  /** Headers and body together of a response that a function makes up. */
  generatedResponseBytes: number;
  /** The URL: scheme, host, path, `?` and query. */
  urlBytes: number;
  /** The request line and every header line. */
  requestHeadBytes: number;
  /** How long the headers of a request may take. */
  headersMs: number;
  /** Silence from the origin while it is the origin's turn. */
  originResponseMs: number;
  /** How long an answered viewer may go on sending a body that is not read. */
  drainMs: number;
};

/**
 * The documented limits of a viewer-request function and of a request.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const CLOUDFRONT_LIMITS: EdgeLimits = {
  initMs: 10_000,
  functionMs: 5_000,
  functionMemoryMb: 128,
  generatedResponseBytes: 40 * 1024,
  urlBytes: 8_192,
  requestHeadBytes: 20_480,
  headersMs: 30_000,
  originResponseMs: 30_000,
  drainMs: 30_000,
};
