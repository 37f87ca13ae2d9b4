import type { FetchHandler } from "@presign-once/adapter-fetch";

import { createDownloadRelay, type RelayEnv } from "./relay-downloads.ts";

/** What Deno and Bun have of their own. */
declare const Deno: undefined | { serve(options: object, handle: FetchHandler): unknown };
declare const Bun: { serve(options: object): unknown };

const relay = createDownloadRelay(process.env as RelayEnv);
const address = { hostname: "127.0.0.1", port: Number(process.env["PORT"]) };
if (typeof Deno === "undefined") Bun.serve({ ...address, fetch: (request: Request) => relay(request) });
else Deno.serve({ ...address, onListen() {} }, (request) => relay(request));
