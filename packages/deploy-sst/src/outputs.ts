/**
 * What this package needs of Pulumi's types, in its own words.
 *
 * SST keeps Pulumi below `.sst/platform`, where TypeScript does not look from here. With Pulumi's own types, everything that is
 * exported would then be `any` without a word (`skipLibCheck`), and a wrong argument would be found by a deployment only.
 */

/** A value that Pulumi will know later. Pulumi's `Output<T>` is one, and takes the place of one. */
export interface Output<T> {
  apply<U>(func: (value: T) => Promise<U>): Output<U>;
  apply<U>(func: (value: T) => Output<U>): Output<U>;
  apply<U>(func: (value: T) => U): Output<U>;
  get(): T;
}

/** A plain value, or one that Pulumi will know later. */
export type Input<T> = T | Promise<T> | Output<T>;

/** Pulumi and its AWS provider, as the app loaded them: `{ aws, pulumi: $util }` in `sst.config.ts`. */
export interface AppProviders {
  /** `@pulumi/aws`. */
  readonly aws: { readonly s3: object; readonly lambda: object; readonly iam: object; readonly cloudfront: object };
  /** `@pulumi/pulumi`. */
  readonly pulumi: { readonly CustomResource: unknown; readonly Output: unknown; readonly asset: object };
}

/** The role of a function. */
export interface FunctionRole {
  readonly id: Output<string>;
  readonly name: Output<string>;
  readonly arn: Output<string>;
}
