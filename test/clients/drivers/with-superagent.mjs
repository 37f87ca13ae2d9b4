import superagent from "superagent";

import { run } from "./run.mjs";

const RETRIES = 2;

// Without `buffer` superagent drops the message of a refusal, which is XML.
await run({
  upload: (url, body, headers) => superagent.put(url).buffer(true).set(headers).retry(RETRIES).send(body),
  form: async (url, body) =>
    superagent
      .put(url)
      .buffer(true)
      .attach("file", Buffer.from(await body.get("file").arrayBuffer()), "file.txt"),
  ask: (url, parameters, headers) => superagent.get(url).buffer(true).query(parameters).set(headers),
  read: ({ status, headers, text }) => ({ status, stored: headers["x-presign-once-already-stored"], body: text }),
});
