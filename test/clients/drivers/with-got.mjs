import got from "got";

export const upload = (url, body, headers) => got.put(url, { body, headers });
export const form = (url, body) => got.put(url, { body });
export const ask = (url, searchParams, headers) => got.get(url, { searchParams, headers });
export const read = ({ statusCode, headers, body }) => ({
  status: statusCode,
  stored: headers["x-presign-once-already-stored"],
  body,
});
