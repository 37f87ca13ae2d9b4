import got from "got";

import { run } from "./run.mjs";

await run({
  upload: (url, body, headers) => got.put(url, { body, headers }),
  form: (url, body) => got.put(url, { body }),
  ask: (url, searchParams, headers) => got.get(url, { searchParams, headers }),
  read: ({ statusCode: status, headers, body }) => ({ status, stored: headers["x-presign-once-already-stored"], body }),
});
