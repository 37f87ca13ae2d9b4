import ky from "ky";

import { read, run } from "./run.mjs";

await run({
  upload: (url, body, headers) => ky.put(url, { body, headers }),
  form: (url, body) => ky.put(url, { body }),
  ask: (url, searchParams, headers) => ky.get(url, { searchParams, headers }),
  // ky has read the body of a refusal itself.
  read: (response, error) => (error ? { status: response.status, body: error.data } : read(response)),
});
