import type * as Aws from "@pulumi/aws";
import type * as Pulumi from "@pulumi/pulumi";

/**
 * Pulumi and its AWS provider, as the app loaded them: `{ aws, pulumi: $util }` in `sst.config.ts`.
 *
 * Handed in and not imported, because SST installs them where only the app's own program finds them, and only after it
 * has read the app's configuration once.
 */
export interface Providers {
  readonly aws: typeof Aws;
  readonly pulumi: typeof Pulumi;
}

/** A plain value, or one that Pulumi will know later. */
export type Input<T> = Pulumi.Input<T>;

/** A value that Pulumi will know later. */
export type Output<T> = Pulumi.Output<T>;

/** Whether a value is plain through and through, so that it can be looked at before anything is created. */
export function isKnown<T>({ pulumi }: Providers, value: Input<T>): value is T {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every((part) => isKnown({ pulumi } as Providers, part as Input<unknown>));
}
