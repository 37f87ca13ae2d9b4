import { type Clock, createEdgeKeys, systemClock } from "@presign-once/core";
import { inspectUrl, revokeUrl, type UrlInspection, type UrlRevocation } from "@presign-once/core/operator";
import type { OperatorConfigInput } from "@presign-once/settings";

import { closeModule, type IndexModule } from "./index-module.ts";

/** What an operator does with URLs, on the index and with the keys of a deployment. */
export interface Operator {
  /** Tells what has become of a URL; changes nothing. */
  inspect(url: string): Promise<UrlInspection>;
  /** Takes a URL away unused, for good; idempotent, and atomic with every claim. */
  revoke(url: string): Promise<UrlRevocation>;
  /** Closes the connections to the store. */
  close(): Promise<void>;
}

/** Puts an operator's tools together on an index of a module. */
export function operatorOf(parts: IndexModule, clock: Clock): Operator {
  const { index, keys } = parts;
  const deps = { index, keys, clock, recordsIssued: true };
  return {
    inspect: (url) => inspectUrl(url, deps),
    revoke: (url) => revokeUrl(url, deps),
    close: () => closeModule(parts),
  };
}

/**
 * Puts an operator's tools together. Asks nothing of S3 yet.
 *
 * Credentials come from the AWS SDK's own chain, which is why the SDK is loaded here and not before.
 *
 * @param settings  those of the functions, or less of them: `region` and `uploads.bucket`, and where they are not the
 *                  default `index`, `endpoint` and `forcePathStyle`; `keys` to verify tags
 * @param options.relayScope  the `scope` of the relay's keys, which names the same index; default, as its documents have
 *                            it: strategy, bucket and, unless it is `signatures/`, folder, with a blank between them.
 *                            Tags of a relay without a scope are verified besides
 * @throws {PresignOnceError} `CONFIG_INVALID`: names every field that is wrong
 */
export async function openOperator(
  settings: OperatorConfigInput,
  { clock = systemClock, relayScope }: { readonly clock?: Clock; readonly relayScope?: string | undefined } = {},
): Promise<Operator> {
  const { edgeKeysOf, indexScope, parseOperatorConfig, ticketScope } = await import("@presign-once/settings");
  const { createS3Client, createSdkIndexS3, PATIENT_LIMITS } = await import("@presign-once/adapter-s3");
  const { scopeOf, strategies } = await import("@presign-once/adapter-s3/strategies");
  const config = parseOperatorConfig(settings);
  const { region, endpoint, forcePathStyle, uploads } = config;
  const { bucket = uploads.bucket, prefix, strategy } = config.index;

  const secrets = config.keys && edgeKeysOf({ ...config, keys: config.keys });
  const keys = secrets && createEdgeKeys(secrets, { scope: indexScope(config) });
  const ticketKeys = secrets && createEdgeKeys(secrets, { scope: ticketScope(config) });
  const relayKeys = secrets && createEdgeKeys(secrets, { scope: relayScope ?? scopeOf({ strategy, bucket, prefix }) });
  const unboundRelayKeys = secrets && createEdgeKeys(secrets);
  const s3 = createS3Client({ region, endpoint, forcePathStyle });
  const index = strategies[strategy].create({ s3: createSdkIndexS3(s3), bucket, prefix, limits: PATIENT_LIMITS });
  const deps = {
    index,
    keys,
    ticketKeys,
    relayKeys,
    unboundRelayKeys,
    clock,
    recordsIssued: strategies[strategy].recordsIssued,
  };

  return {
    inspect: (url) => inspectUrl(url, deps),
    revoke: (url) => revokeUrl(url, deps),
    close: async () => s3.destroy(),
  };
}
