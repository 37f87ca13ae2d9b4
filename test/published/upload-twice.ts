import { UPLOAD_TOKEN } from "../relay/run-example.ts";
import { send } from "../relay/send.ts";

/** The status of two uploads with one URL of a relay. */
export async function uploadTwice(relay: string): Promise<number[]> {
  const { body: url } = await send(`${relay}/url`, {
    method: "GET",
    headers: { authorization: `Bearer ${UPLOAD_TOKEN}` },
  });
  const upload = async () => (await send(url, { body: [Buffer.from("hello")] })).status;
  return [await upload(), await upload()];
}
