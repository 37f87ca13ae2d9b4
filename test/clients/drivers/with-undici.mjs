import { Agent, FormData, request, RetryAgent } from "undici";

import { run } from "./run.mjs";

const dispatcher = new RetryAgent(new Agent());

await run({
  FormData,
  upload: (url, body, headers) => request(url, { method: "PUT", body, headers, dispatcher }),
  form: (url, body) => request(url, { method: "PUT", body, dispatcher }),
  ask: (url, query, headers) => request(url, { query, headers, dispatcher }),
  read: async ({ statusCode: status, headers, body }) => ({
    status,
    stored: headers["x-presign-once-already-stored"],
    body: await body.text(),
  }),
});
