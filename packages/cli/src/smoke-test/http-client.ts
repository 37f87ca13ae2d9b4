import type { ExchangeOptions, HttpClient } from "./http-message.ts";
import { exchangeOverHttp1 } from "./http1-exchange.ts";
import { exchangeOverHttp2 } from "./http2-exchange.ts";

/** CloudFront waits 30 s for S3, and tries a GET three times. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html */
const IDLE_TIMEOUT_MS = 95_000;

/** Creates a client. @param options.ca  certificates to trust instead of Node's, which `NODE_EXTRA_CA_CERTS` extends */
export function createHttpClient({ ca }: { readonly ca?: string | undefined } = {}): HttpClient {
  let requests = 0;
  const options: ExchangeOptions = { ca, idleTimeoutMs: IDLE_TIMEOUT_MS };
  return {
    async send(request) {
      requests += 1;
      const startedAt = performance.now();
      const exchange = request.protocol === "HTTP/2" ? exchangeOverHttp2 : exchangeOverHttp1;
      const answer = await exchange(request, options);
      return { ...answer, ms: Math.round(performance.now() - startedAt) };
    },
    requestCount: () => requests,
  };
}
