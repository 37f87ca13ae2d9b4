import fetch, { FormData } from "node-fetch";

export { read } from "./with-fetch.mjs";
export { FormData };

export const upload = (url, body, headers) => fetch(url, { method: "PUT", body, headers });
export const form = (url, body) => fetch(url, { method: "PUT", body });
export const ask = (url, parameters, headers) => fetch(`${url}?${new URLSearchParams(parameters)}`, { headers });
