// node with-….mjs upload|form|resume URL FILE [NAME:VALUE...], or node with-….mjs ask URL [NAME=VALUE...]
import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";

const [action, url, ...rest] = process.argv.slice(2);

/** Lets a client do what the command line says, and prints what its user sees. */
export async function run(client) {
  try {
    await tell(client, await act(client));
  } catch (error) {
    if (error.response !== undefined) await tell(client, error.response, error);
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
    console.log("error", `${error.name}: ${error.message}${cause}`);
    process.exitCode = 1;
  }
}

/** How the answers of `fetch` are read. */
export const read = async (response) => ({
  status: response.status,
  stored: response.headers.get("x-presign-once-already-stored"),
  body: await response.text(),
});

async function act(client) {
  if (action === "ask") return client.ask(url, split(rest, "="), { accept: "application/json" });
  const [file, ...fields] = rest;
  if (action === "form") {
    const body = new (client.FormData ?? FormData)();
    body.append("file", await openAsBlob(file), "file.txt");
    return client.form(url, body);
  }
  const range = action === "resume" ? { "content-range": "bytes 5-9/10" } : {};
  return client.upload(url, await readFile(file), { ...split(fields, ":"), ...range });
}

async function tell(client, response, error) {
  const { status, stored, body } = await client.read(response, error);
  console.log(typeof body === "string" ? body : JSON.stringify(body));
  console.log("answer", status, stored ?? "");
}

function split(pairs, separator) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(separator);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
