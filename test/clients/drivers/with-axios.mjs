import axios from "axios";

export const upload = (url, body, headers) => axios.put(url, body, { headers });
export const form = (url, body) => axios.put(url, body);
export const ask = (url, params, headers) => axios.get(url, { params, headers, responseType: "text" });
export const read = ({ status, headers, data }) => ({
  status,
  stored: headers["x-presign-once-already-stored"],
  body: data,
});
