import { type UploadGrant, sendOnce, upload, UploadError, type UploadProgress } from "@presign-once/client";

import { explain } from "./explain.ts";
import { formatBytes, formatTimeLeft } from "./format.ts";
import { requestLink } from "./request-link.ts";
import { part, view } from "./view.ts";

/** How often an upload is sent again after a lost connection: for seven seconds, with doubled waits. */
const RETRIES = 3;
/** Announcing every step would talk over itself. */
const ANNOUNCED_STEPS = 4;

const { announce, addAttempt, showButtons } = view;
let underway: AbortController | undefined;
let chosen: File | undefined;
let grant: UploadGrant | undefined;
/** The upload for which a link is asked for at the moment. */
let linking: UploadGrant | undefined;

part("endpoint").textContent = new URL("/url", location.href).href;
part("file", HTMLInputElement).addEventListener("change", ({ currentTarget }) => {
  if (currentTarget instanceof HTMLInputElement && currentTarget.files?.[0]) void begin(currentTarget.files[0]);
});
part("cancel").addEventListener("click", () => underway?.abort());
part("again").addEventListener("click", () => void sendAgain());
part("retry").addEventListener("click", () => chosen && void begin(chosen));
part("share").addEventListener("click", () => void copyLink());
part("address", HTMLInputElement).addEventListener("focus", ({ currentTarget }) => {
  if (currentTarget instanceof HTMLInputElement) currentTarget.select();
});
part("another").addEventListener("click", chooseAnother);
acceptDrops();

/** Uploads a file with a new URL. */
async function begin(file: File): Promise<void> {
  if (underway !== undefined) return;
  [chosen, grant] = [file, undefined];
  view.openFile(file.name, formatBytes(file.size));
  grant = await attempt("First use", `Uploading ${file.name}`, (options) =>
    upload(file, { endpoint: "/url", retries: RETRIES, ...options }),
  );
}

/** Sends the same file to the same URL, as a person could who found that URL in a log. */
async function sendAgain(): Promise<void> {
  const [file, used] = [chosen, grant];
  if (file === undefined || used === undefined || underway !== undefined) return;
  await attempt(
    part("attempts").childElementCount === 1 ? "Second use" : "Another use",
    "Sending it again to the same URL",
    (options) => sendOnce(file, used, options),
  );
}

/** Asks for a new link to the stored file, copies it, and shows it: browsers may not let a page copy. */
async function copyLink(): Promise<void> {
  const [file, stored] = [chosen, grant];
  if (file === undefined || stored === undefined || linking === stored) return;
  linking = stored;
  announce("Asking for a link");
  const answer = await requestLink(stored.key, file.name);
  if (linking === stored) linking = undefined;
  if (grant !== stored) return; // another file was chosen meanwhile
  if (answer.status === "refused") return view.showNoLink(answer.reason);
  const isCopied = await copy(answer.url);
  if (grant === stored) view.showLink(answer.url, isCopied);
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

async function attempt<T>(
  name: string,
  announcement: string,
  send: (options: { onProgress: (progress: UploadProgress) => void; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  underway = new AbortController();
  view.showTransfer(true);
  showProgress({ sentBytes: 0, totalBytes: chosen?.size ?? 0, bytesPerSecond: 0, secondsLeft: Infinity });
  showButtons("cancel");
  announce(announcement);
  try {
    const result = await send({ onProgress: progressReporter(), signal: underway.signal });
    addAttempt({ name, outcome: "stored", title: "stored", reason: "The URL is used up now.", code: "200" });
    showButtons("again", "share", "another");
    return result;
  } catch (error) {
    const failure = error instanceof UploadError ? error : new UploadError("UploadRefused", String(error));
    const code = [failure.status, failure.code].filter(Boolean).join(" ");
    addAttempt({ name, outcome: failure.code === "Aborted" ? "cancelled" : "refused", ...explain(failure), code });
    if (failure.code === "FileUnreadable") showButtons("another", ...(grant === undefined ? [] : (["share"] as const)));
    else if (grant === undefined) showButtons("retry", "another");
    else showButtons("another", "share", "again");
    return undefined;
  } finally {
    underway = undefined;
    view.showTransfer(false);
  }
}

function progressReporter(): (progress: UploadProgress) => void {
  let announced = 0;
  return (progress) => {
    showProgress(progress);
    const steps = Math.floor((progress.sentBytes / progress.totalBytes) * ANNOUNCED_STEPS);
    if (steps > announced && steps < ANNOUNCED_STEPS) announce(`${(steps * 100) / ANNOUNCED_STEPS} percent sent`);
    announced = Math.max(announced, steps);
  };
}

function showProgress({ sentBytes, totalBytes, bytesPerSecond, secondsLeft }: UploadProgress): void {
  part("progress", HTMLProgressElement).value = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  part("sent").textContent = `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`;
  const pace = [formatBytes(bytesPerSecond, "-per-second"), formatTimeLeft(secondsLeft)].filter(Boolean).join(", ");
  const everythingSent = sentBytes >= totalBytes;
  part("pace").textContent = everythingSent
    ? "waiting for the answer"
    : bytesPerSecond === 0
      ? "asking for a URL"
      : pace;
}

function chooseAnother(): void {
  grant = undefined;
  part("file", HTMLInputElement).value = "";
  view.closeFile();
}

function acceptDrops(): void {
  const mark = (on: boolean): void => void document.body.classList.toggle("dragging", on);
  document.addEventListener("dragover", (event) => (event.preventDefault(), mark(true)));
  document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && mark(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void begin(file);
  });
}
