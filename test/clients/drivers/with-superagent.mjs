import superagent from "superagent";

const RETRIES = 2;

export const upload = (url, body, headers) => superagent.put(url).set(headers).retry(RETRIES).send(body);
export const form = async (url, body) =>
  superagent.put(url).attach("file", Buffer.from(await body.get("file").arrayBuffer()), "file.txt");
export const ask = (url, parameters, headers) => superagent.get(url).query(parameters).set(headers);
export const read = ({ status, headers, text }) => ({
  status,
  stored: headers["x-presign-once-already-stored"],
  body: text,
});
