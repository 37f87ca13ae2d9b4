// Takes one job after another from the suite, and hands back what a page sees of the answer.
const range = { "content-range": "bytes 5-9/10" };
const actions = {
  upload: ({ url, file, headers }) => fetch(url, { method: "PUT", body: file, headers }),
  resume: ({ url, file, headers }) => fetch(url, { method: "PUT", body: file, headers: { ...headers, ...range } }),
  form({ url, file }) {
    const body = new FormData();
    body.append("file", file, "file.txt");
    return fetch(url, { method: "PUT", body });
  },
  ask: ({ url, parameters }) =>
    fetch(`${url}?${new URLSearchParams(parameters)}`, { headers: { accept: "application/json" } }),
};

const file = await (await fetch("/file")).blob();
for (let seen = ""; ;) {
  const job = await (await fetch("/next-job", { method: "POST", body: seen })).json();
  try {
    const response = await actions[job.action]({ ...job, file });
    const stored = response.headers.get("x-presign-once-already-stored") ?? "";
    seen = `${await response.text()}\nanswer ${response.status} ${stored}`;
  } catch (error) {
    seen = `error ${String(error)}`;
  }
}
