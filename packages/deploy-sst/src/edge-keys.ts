import type * as Pulumi from "@pulumi/pulumi";

import type { Output, Providers } from "./providers.ts";
import type { NamedEdgeKey } from "./single-use-uploads-args.ts";

/** The random provider that SST brings along. */
const RANDOM_VERSION = "4.16.6";
const SECRET_BYTES = 32;

/**
 * Makes one secret for each edge key, which the stack keeps, encrypted, in its state.
 *
 * A key's secret goes by its name alone: changing the order of the names, or adding one, changes no other secret.
 *
 * @returns  the secrets in the order of the keys, in base64url
 */
export function createEdgeKeys(
  { pulumi }: Providers,
  name: string,
  edgeKeys: readonly NamedEdgeKey[],
): Output<string[]> {
  /** The class of `@pulumi/random`, without that package: an app need not have it. */
  class RandomBytes extends pulumi.CustomResource {
    declare readonly base64: Pulumi.Output<string>;

    constructor(resourceName: string) {
      super(
        "random:index/randomBytes:RandomBytes",
        resourceName,
        { length: SECRET_BYTES, base64: undefined },
        {
          additionalSecretOutputs: ["base64", "hex"],
          version: RANDOM_VERSION,
        },
      );
    }
  }
  const secrets = edgeKeys.map(({ id }) => new RandomBytes(`${name}EdgeKey-${id}`).base64);
  return pulumi.secret(pulumi.all(secrets)).apply((all) => all.map(toBase64Url));
}

function toBase64Url(base64: string): string {
  return Buffer.from(base64, "base64").toString("base64url");
}
