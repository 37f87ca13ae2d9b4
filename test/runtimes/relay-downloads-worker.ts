import type { FetchHandler, RequestContext } from "@presign-once/adapter-fetch";

import { createDownloadRelay, type RelayEnv } from "./relay-downloads.ts";

let relay: FetchHandler | undefined;

// oxlint-disable-next-line import/no-default-export -- where workerd looks for a worker
export default {
  fetch: (request: Request, env: RelayEnv, context: RequestContext) =>
    (relay ??= createDownloadRelay(env))(request, context),
};
