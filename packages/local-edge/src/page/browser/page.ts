import { sendOnce, upload } from "@presign-once/client";

import { announcementOf } from "./announcement.ts";
import { copiedText, copy, select } from "./copy.ts";
import { acceptDrops } from "./drop-files.ts";
import { part, say } from "./part.ts";
import { requestLink } from "./request-link.ts";
import { createRowView, type RowView, type Wish } from "./row-view.ts";
import { newRow, nextRow, type Row, type RowEvent } from "./row.ts";
import { createUploads } from "./uploads.ts";

/** How many announcements stay for screen readers that are behind. */
const KEPT_ANNOUNCEMENTS = 5;
/** How often the times on the page are set anew. */
const TICK_MS = 1_000;

/** Whether the edge that served the page issues links to it. */
const offersLinks = document.body.dataset["links"] === "offered";
const rows = new Map<number, { row: Row; readonly view: RowView }>();
const uploads = createUploads({ upload, sendOnce, tell, now: Date.now });

const input = part("file", HTMLInputElement);
input.addEventListener("change", () => {
  const files = [...(input.files ?? [])];
  input.value = ""; // so that the same file can be chosen again
  addFiles(files);
});
part("another").addEventListener("click", () => input.click());
part("copy-command").addEventListener("click", () => void copyCommand());
acceptDrops(addFiles);
setInterval(() => rows.forEach(({ row, view }) => view.show(row, Date.now())), TICK_MS);

/** Gives each file a row, above those of before, and uploads it. */
function addFiles(files: readonly File[]): void {
  if (files.length === 0) return;
  const isFirst = rows.size === 0;
  const added = files.map((file) => {
    const id = rows.size;
    const entry = { row: newRow(id, file), view: createRowView(id, offersLinks, (wish) => fulfil(id, wish)) };
    rows.set(id, entry);
    return { id, file, view: entry.view };
  });
  part("rows").prepend(...added.map(({ view }) => view.element));
  part("another").hidden = false;
  for (const { id, file } of added) uploads.begin(id, file);
  part("drop").hidden = true;
  if (isFirst) added[0]?.view.focus();
  if (files.length > 1) announce(`Uploading ${files.length} files`);
}

/** Changes a row by an event, shows it and says it. */
function tell(id: number, event: RowEvent): void {
  const entry = rows.get(id);
  if (entry === undefined) return;
  const before = entry.row;
  entry.row = nextRow(before, event);
  entry.view.show(entry.row, Date.now());
  const isAlone = [...rows.values()].every(({ row }) => row.id === id || row.activity.kind === "none");
  const text = announcementOf(before, entry.row, event, isAlone);
  if (text !== undefined) announce(text);
}

function fulfil(id: number, wish: Wish): void {
  if (wish === "again") uploads.sendAgain(id);
  else if (wish === "retry") uploads.retry(id);
  else if (wish === "cancel") uploads.cancel(id);
  else if (wish === "share") void shareLink(id);
  else void copyUrl(id);
}

/** Requests a new link to the stored file, copies it, and shows it: browsers may not let a page copy. */
async function shareLink(id: number): Promise<void> {
  const row = rows.get(id)?.row;
  const key = row?.grant?.key;
  if (row === undefined || key === undefined || row.isLinkRequested) return;
  tell(id, { type: "link-requested" });
  const answer = await requestLink(key, row.name);
  if (answer.status === "refused") return tell(id, { type: "link-refused", key, reason: answer.reason });
  tell(id, { type: "link-issued", key, url: answer.url, isCopied: await copy(answer.url) });
}

async function copyUrl(id: number): Promise<void> {
  const url = rows.get(id)?.row.grant?.url;
  if (url !== undefined) tell(id, { type: "url-copied", isCopied: await copy(url) });
}

async function copyCommand(): Promise<void> {
  const command = part("command");
  const isCopied = await copy(command.textContent);
  if (!isCopied) select(command);
  const text = copiedText(isCopied);
  say(part("command-copied"), text);
  announce(text);
}

/** Has screen readers say something, after what they say already. */
function announce(text: string): void {
  const line = document.createElement("p");
  line.textContent = text;
  const log = part("announcements");
  log.append(line);
  while (log.childElementCount > KEPT_ANNOUNCEMENTS) log.firstElementChild?.remove();
}
