import axios from "axios";

import { run } from "./run.mjs";

await run({
  upload: (url, body, headers) => axios.put(url, body, { headers }),
  form: (url, body) => axios.put(url, body),
  ask: (url, params, headers) => axios.get(url, { params, headers, responseType: "text" }),
  read: ({ status, headers, data }) => ({ status, stored: headers["x-presign-once-already-stored"], body: data }),
});
