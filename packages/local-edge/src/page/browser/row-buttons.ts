import type { Row } from "./row.ts";

/** What a person can do with a file, in the order of the page. */
export const BUTTONS = ["retry", "again", "share", "cancel"] as const;
/** `retry`: with a new URL; `again`: to the same one; `share`: a download link. */
export type Button = (typeof BUTTONS)[number];

/** The buttons of a row. */
export interface Buttons {
  readonly shown: readonly Button[];
  /** The one that a person most likely wants. */
  readonly main: Button | undefined;
}

/**
 * Which buttons a row has.
 *
 * "Send again" stays while the file is sent again, so that it keeps the focus.
 *
 * @param offersLinks  whether the edge issues download links to this page
 */
export function buttonsOf(row: Row, offersLinks: boolean): Buttons {
  const { isStored, isUnreadable, isAgain, grant } = row;
  const isBusy = row.activity.kind !== "none";
  const has: Readonly<Record<Button, boolean>> = {
    retry: !isStored && !isBusy && !isUnreadable,
    again: grant !== undefined && !isUnreadable && (!isBusy || isAgain),
    share: isStored && offersLinks,
    cancel: isBusy,
  };
  const shown = BUTTONS.filter((button) => has[button]);
  return { shown, main: shown.find((button) => button !== "cancel") };
}
