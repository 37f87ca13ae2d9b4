// run.mjs MODULE upload|form|resume URL FILE [NAME:VALUE...], or run.mjs MODULE ask URL [NAME=VALUE...]
import { openAsBlob } from "node:fs";
import { readFile } from "node:fs/promises";

const [name, action, url, ...rest] = process.argv.slice(2);
const client = await import(`./${name}.mjs`);

try {
  await tell(await act());
} catch (error) {
  if (error.response !== undefined) await tell(error.response);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.log("error", `${error.name}: ${error.message}${cause}`);
  process.exitCode = 1;
}

function act() {
  if (action === "ask") return client.ask(url, split(rest, "="), { accept: "application/json" });
  const [file, ...fields] = rest;
  if (action === "form") return form(file);
  const range = action === "resume" ? { "content-range": "bytes 5-9/10" } : {};
  return readFile(file).then((body) => client.upload(url, body, { ...split(fields, ":"), ...range }));
}

async function form(file) {
  const body = new (client.FormData ?? FormData)();
  body.append("file", await openAsBlob(file), "file.txt");
  return client.form(url, body);
}

async function tell(response) {
  const { status, stored, body } = await client.read(response);
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
