import ky from "ky";

export { read } from "./with-fetch.mjs";

export const upload = (url, body, headers) => ky.put(url, { body, headers });
export const form = (url, body) => ky.put(url, { body });
export const ask = (url, searchParams, headers) => ky.get(url, { searchParams, headers });
