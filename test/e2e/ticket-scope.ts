import type { Strategy } from "@presign-once/adapter-s3/strategies";
import { parseOperatorConfig, ticketScope } from "@presign-once/settings";

import type { S3Server } from "../servers/s3-server.ts";
import type { Stack } from "./stack.ts";

/** The scope of the tickets of a stack, as its operator gets it from the settings. */
export function ticketScopeOf(
  { network, bucket }: Stack,
  place: { readonly server: S3Server; readonly strategy: Strategy; readonly maxExpiresInSeconds: number },
): string {
  const settings = {
    region: place.server.region,
    endpoint: network.endpoint,
    forcePathStyle: true,
    uploads: { bucket },
    index: { strategy: place.strategy },
    originPath: new URL(`${network.endpoint}/${bucket}`).pathname,
    signing: "at-use",
    maxExpiresInSeconds: place.maxExpiresInSeconds,
  };
  return ticketScope(parseOperatorConfig(settings));
}
