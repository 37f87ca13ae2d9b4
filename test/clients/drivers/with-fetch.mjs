export const upload = (url, body, headers) => fetch(url, { method: "PUT", body, headers });
export const form = (url, body) => fetch(url, { method: "PUT", body });
export const ask = (url, parameters, headers) => fetch(`${url}?${new URLSearchParams(parameters)}`, { headers });
export const read = async (response) => ({
  status: response.status,
  stored: response.headers.get("x-presign-once-already-stored"),
  body: response.bodyUsed ? "" : await response.text(),
});
