import {
  type Clock,
  type DownloadIssuer,
  type DownloadRequest,
  createEdgeKeys,
  createDownloadIssuer,
  createIssuer,
  createTicketIssuer,
  type IssueOutcome,
  type IssueRequest,
  PresignOnceError,
  randomIds,
  systemClock,
} from "@presign-once/core";
import { inspectUrl, revokeUrl, type UrlInspection, type UrlRevocation } from "@presign-once/core/operator";
import type { OperatorConfigInput } from "@presign-once/settings";

/** What an operator does with URLs, on the index and with the keys of a deployment. */
export interface Operator {
  /** Tells what has become of a URL; changes nothing. */
  inspect(url: string): Promise<UrlInspection>;
  /** Takes a URL away unused, for good; idempotent, and atomic with every claim. */
  revoke(url: string): Promise<UrlRevocation>;
  /**
   * Issues a URL, as `/url` does. The authorizer is not asked: the caller who has keys and credentials is the operator.
   *
   * @throws {PresignOnceError} `CONFIG_INVALID`: settings without keys; `ARGUMENT_INVALID`, `PRESIGN_FAILED`: see `Issuer`
   */
  issue(request: IssueRequest): Promise<IssueOutcome>;
  /**
   * Issues a link for one download, as `/url?download=KEY` does, of any object below the uploads' folder.
   *
   * @throws {PresignOnceError} `CONFIG_INVALID`: settings without keys or without `downloads`; `ARGUMENT_INVALID`
   */
  issueDownload(request: DownloadRequest): ReturnType<DownloadIssuer["issue"]>;
  /** Closes the connections to S3. */
  close(): void;
}

/** An operator is no function at the edge, and may sign in somewhere before the first request. */
const LIMITS = { requestMs: 5_000, totalMs: 6_000 };

/**
 * Puts an operator's tools together. Asks nothing of S3 yet.
 *
 * Credentials come from the AWS SDK's own chain, which is why the SDK is loaded here and not before.
 *
 * @param settings  those of the functions, or less of them: `region` and `uploads.bucket`, and where they are not the
 *                  default `index`, `endpoint` and `forcePathStyle`; `keys` to issue and to verify tags
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
  const { createS3Client, createS3Presigner, createSdkIndexS3 } = await import("@presign-once/adapter-s3");
  const { scopeOf, strategies } = await import("@presign-once/adapter-s3/strategies");
  const config = parseOperatorConfig(settings);
  const { region, endpoint, forcePathStyle, uploads, originPath, ifNoneMatch } = config;
  const { bucket = uploads.bucket, prefix, strategy } = config.index;

  const secrets = config.keys && edgeKeysOf({ ...config, keys: config.keys });
  const keys = secrets && createEdgeKeys(secrets, { scope: indexScope(config) });
  const ticketKeys = secrets && createEdgeKeys(secrets, { scope: ticketScope(config) });
  const relayKeys = secrets && createEdgeKeys(secrets, { scope: relayScope ?? scopeOf({ strategy, bucket, prefix }) });
  const unboundRelayKeys = secrets && createEdgeKeys(secrets);
  const s3 = createS3Client({ region, endpoint, forcePathStyle });
  const index = strategies[strategy].create({ s3: createSdkIndexS3(s3), bucket, prefix, limits: LIMITS });
  const deps = {
    index,
    keys,
    ticketKeys,
    relayKeys,
    unboundRelayKeys,
    clock,
    recordsIssued: strategies[strategy].recordsIssued,
  };

  const maxLifeSeconds = config.maxExpiresInSeconds;
  const parts = { index, clock, ids: randomIds, keyPrefix: uploads.prefix, maxLifeSeconds };

  return {
    inspect: (url) => inspectUrl(url, deps),
    revoke: (url) => revokeUrl(url, deps),
    async issue(request) {
      if (keys === undefined || ticketKeys === undefined) throw withoutKeys();
      if (config.signing === "at-use") return createTicketIssuer({ ...parts, keys: ticketKeys }).issue(request);
      const presigner = createS3Presigner({ s3, bucket: uploads.bucket, originPath });
      return createIssuer({ ...parts, keys, presigner, ifNoneMatch }).issue(request);
    },
    async issueDownload(request) {
      if (ticketKeys === undefined) throw withoutKeys();
      if (config.downloads === undefined)
        throw new PresignOnceError(
          "CONFIG_INVALID",
          "downloads: missing, expected what the functions have, such as {}",
        );
      return createDownloadIssuer({ ...parts, keys: ticketKeys }).issue(request);
    },
    close: () => s3.destroy(),
  };
}

function withoutKeys(): PresignOnceError {
  return new PresignOnceError("CONFIG_INVALID", "keys: missing, expected the edge keys of the functions");
}
