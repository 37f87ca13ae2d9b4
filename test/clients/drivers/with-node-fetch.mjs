import fetch, { FormData } from "node-fetch";

import { read, run } from "./run.mjs";

await run({
  FormData,
  upload: (url, body, headers) => fetch(url, { method: "PUT", body, headers }),
  form: (url, body) => fetch(url, { method: "PUT", body }),
  ask: (url, parameters, headers) => fetch(`${url}?${new URLSearchParams(parameters)}`, { headers }),
  read,
});
