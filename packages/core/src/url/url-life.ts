/** Longest life of a SigV4 presigned URL, in seconds: seven days. @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export const MAX_EXPIRES_SECONDS = 604_800;
/** S3 gets this much more time than the grant says, in seconds, so that a claim won in the last second is still accepted. */
export const ORIGIN_GRACE_SECONDS = 30;
/** Longest life of a grant, in seconds: seven days, less {@link ORIGIN_GRACE_SECONDS}. */
export const MAX_TTL_SECONDS = MAX_EXPIRES_SECONDS - ORIGIN_GRACE_SECONDS;
/** How far ahead of this clock the issuer's may be, in seconds. */
export const MAX_SKEW_SECONDS = 300;

/** Whether a URL was signed further ahead of this clock than {@link MAX_SKEW_SECONDS}: refused until the clock is there. */
export function isAhead(signedAt: Date, now: Date): boolean {
  return signedAt.getTime() > now.getTime() + MAX_SKEW_SECONDS * 1000;
}

/**
 * When a URL ends, as its grant said: earlier than for S3, see {@link ORIGIN_GRACE_SECONDS}.
 *
 * @param url  `expires`: its `X-Amz-Expires`, whole seconds
 */
export function promisedEnd({ signedAt, expires }: { readonly signedAt: Date; readonly expires: string }): Date {
  return new Date(signedAt.getTime() + (Number(expires) - ORIGIN_GRACE_SECONDS) * 1000);
}
