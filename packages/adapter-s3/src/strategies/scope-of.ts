import { DEFAULT_INDEX_PREFIX } from "./index-place.ts";
import type { Strategy } from "./strategies.ts";

/** The index that decides about a URL. */
export interface ScopedIndex {
  readonly strategy: Strategy;
  readonly bucket: string;
  /** Folder of the entries; default `signatures/`. */
  readonly prefix?: string | undefined;
}

/** What a presigned URL is signed for: another place would refuse its signature after the claim. */
export interface SignedFor {
  readonly region: string;
  /** Default: AWS. */
  readonly endpoint?: string | undefined;
  readonly forcePathStyle: boolean;
  /** Of the uploads. */
  readonly bucket: string;
  /** CloudFront's origin path. */
  readonly originPath: string;
}

/**
 * Names, as the `scope` of `createEdgeKeys`, what a URL is bound to: the index that decides about it and, at an
 * edge, the place that it is signed for. URLs do not outlive a change of either.
 *
 * @param signedFor  default, for a relay: nothing, since its URLs are not signed for S3
 * @example
 * createEdgeKeys(keys, { scope: scopeOf({ strategy: "conditional", bucket: "my-index" }) });
 */
export function scopeOf(
  { strategy, bucket, prefix = DEFAULT_INDEX_PREFIX }: ScopedIndex,
  signedFor?: SignedFor,
): string {
  if (signedFor === undefined)
    return [strategy, bucket, ...(prefix === DEFAULT_INDEX_PREFIX ? [] : [prefix])].join(" ");
  const { region, endpoint = "aws", forcePathStyle, bucket: uploads, originPath } = signedFor;
  return [strategy, bucket, prefix, region, endpoint, forcePathStyle ? "path" : "host", uploads, originPath].join(" ");
}
