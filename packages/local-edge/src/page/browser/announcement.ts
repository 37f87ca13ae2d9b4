import { type Call, titleOf } from "./call.ts";
import { lossOf } from "./row-text.ts";
import type { Row, RowEvent } from "./row.ts";

/** Every step of progress would be too many. */
const STEPS = 4;

/**
 * What screen readers say of an event; `undefined`: nothing.
 *
 * @param isAlone  whether no other file is under way: the progress of several would be too much to hear
 */
export function announcementOf(before: Row, after: Row, event: RowEvent, isAlone: boolean): string | undefined {
  if (before === after) return undefined;
  const { name } = after;
  switch (event.type) {
    case "started":
      return event.withNewUrl ? `Uploading ${name}` : `Sending ${name} again to the same URL`;
    case "progressed": {
      const step = stepOf(after);
      const isNews = isAlone && step > stepOf(before) && step < STEPS;
      return isNews ? `${name}: ${(step * 100) / STEPS} percent sent` : undefined;
    }
    case "lost":
      return `${name}: ${lossOf(event)}`;
    case "stored":
    case "failed":
      return `${name}: ${sentenceOf(after.calls.at(-1))}`;
    case "url-copied":
      return event.isCopied ? "URL copied." : "The URL is selected, but was not copied: copy it from here.";
    case "link-requested":
      return "Asking for a link";
    case "link-issued":
      return event.isCopied ? "Link copied." : "The link is shown, but was not copied: copy it from the field.";
    case "link-refused":
      return event.reason;
    case "queued":
    case "granted":
      return undefined;
  }
}

function stepOf({ activity, bytes }: Row): number {
  const sent = activity.kind === "sending" ? (activity.progress?.sentBytes ?? 0) : 0;
  return bytes === 0 ? 0 : Math.floor((sent / bytes) * STEPS);
}

function sentenceOf(call: Call | undefined): string {
  return call === undefined ? "" : `${titleOf(call)}. ${call.reason}`;
}
