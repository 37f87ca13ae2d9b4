import { Agent, FormData, request, RetryAgent } from "undici";

export { FormData };

const dispatcher = new RetryAgent(new Agent());

export const upload = (url, body, headers) => request(url, { method: "PUT", body, headers, dispatcher });
export const form = (url, body) => request(url, { method: "PUT", body, dispatcher });
export const ask = (url, query, headers) => request(url, { query, headers, dispatcher });
export const read = async ({ statusCode, headers, body }) => ({
  status: statusCode,
  stored: headers["x-presign-once-already-stored"],
  body: await body.text(),
});
