import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** An endpoint that says yes to every S3 request, `Is versioning on?` included, to see who asks what of which bucket. */
export interface RecordingS3 {
  readonly endpoint: string;
  /** Requests since the last call. */
  take(): RecordedRequest[];
  stop(): Promise<void>;
}

const VERSIONING_ON = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

/** Starts a {@link RecordingS3} on 127.0.0.1. */
export async function startRecordingS3(): Promise<RecordingS3> {
  let requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url.split("?")[0] ?? "", headers });
    const body = url.includes("?versioning") ? VERSIONING_ON : "";
    request.resume().on("end", () => response.setHeader("etag", '"0"').setHeader("x-amz-version-id", "v1").end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = requests;
      requests = [];
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
