import { titleOf } from "./call.ts";
import { formatBytes, formatTimeLeft } from "./format.ts";
import type { Row } from "./row.ts";

/** How a row looks: what colours its status. */
export type Tone = "busy" | "good" | "bad" | "lost";

/** What a row says of its upload. */
export interface Status {
  readonly tone: Tone;
  readonly text: string;
  /** Speed and time left. */
  readonly pace: string;
  /** How much was sent, from 0 to 1. */
  readonly share: number;
}

/** How long nothing may be sent until the figures are called old. */
const QUIET_MS = 5_000;

/** What a row says of its upload at a time, in milliseconds since 1970. */
export function statusOf(row: Row, now: number): Status {
  const { activity, bytes } = row;
  switch (activity.kind) {
    case "none":
      return { ...endOf(row), pace: "", share: row.isStored ? 1 : 0 };
    case "queued":
      return { tone: "busy", text: "Waiting for the other files", pace: "", share: 0 };
    case "asking":
      return { tone: "busy", text: "Asking for a URL", pace: "", share: 0 };
    case "lost":
      return { tone: "lost", text: lossOf(activity), pace: "", share: 0 };
    case "sending": {
      const { progress, movedAt } = activity;
      const sent = progress?.sentBytes ?? 0;
      const share = bytes === 0 ? 0 : sent / bytes;
      if (sent >= bytes) return { tone: "busy", text: "Waiting for the answer", pace: "", share };
      const text = `${formatBytes(sent)} of ${formatBytes(bytes)}`;
      if (now - movedAt >= QUIET_MS)
        return { tone: "lost", text: `No data sent for ${formatSeconds(now - movedAt)}`, pace: "", share };
      const pace = progress === undefined ? [] : [formatBytes(progress.bytesPerSecond, "-per-second")];
      return {
        ...{ tone: "busy", text, share },
        pace: [...pace, formatTimeLeft(progress?.secondsLeft ?? Infinity)].filter(Boolean).join(", "),
      };
    }
  }
}

/** `connection lost, trying again (2 of 3)` */
export function lossOf({ attempt, of }: { readonly attempt: number; readonly of: number }): string {
  return `Connection lost, trying again (${attempt} of ${of})`;
}

function endOf({ isStored, calls }: Row): Pick<Status, "tone" | "text"> {
  if (isStored) return { tone: "good", text: "Stored" };
  const last = calls.at(-1);
  return { tone: "bad", text: last === undefined ? "" : `Not stored: ${titleOf(last)}` };
}

function formatSeconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
