import type { NamedEdgeKey, Output, SingleUseUploadsArgs } from "@presign-once/deploy-sst/arguments";

/** An argument without the values that only Pulumi knows later. */
type Plain<T> = T extends Output<unknown> | Promise<unknown>
  ? never
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

/** An edge key, as the settings have it: `id`, `secret`, and `allows` where it is restricted to folders. */
export interface EdgeKey extends NamedEdgeKey {
  /** 32 random bytes in base64url: 43 characters. */
  readonly secret: string;
}

/** The arguments that `singleUseUploads` of `@presign-once/deploy-sst` has too, but for those that need its engine. */
type Shared = Plain<Omit<SingleUseUploadsArgs, "edgeKeys" | "removal" | "root">>;

/** What {@link SingleUseUploads} builds. Only `authorizer`, `edgeKeys` and the name of a bucket have no default. */
export interface SingleUseUploadsProps extends Shared {
  /**
   * The edge keys; the first signs, all verify, and those after the first may be restricted to folders with `allows`. They go into the
   * functions' archives when the app is synthesized, so they are made once, kept in a file or a secret of yours, and handed in. Never
   * write them into the source.
   */
  readonly edgeKeys: readonly EdgeKey[];

  /**
   * Name of the uploads' bucket that is made. Required unless `bucket` names one that exists. The functions' settings name the
   * buckets and are written before CloudFormation could make names up.
   */
  readonly bucketName?: string;

  /** Name of the index's own bucket. Default: the name of the uploads' bucket and `-index`. */
  readonly indexBucketName?: string;

  /**
   * What removing the stack does to the buckets. `retain`, the default, keeps them; `remove` deletes them, which S3 refuses while
   * they hold objects: empty them first.
   */
  readonly removal?: "remove" | "retain";
}
