/** How many characters of a long name are shown. */
const SHOWN = 8;
/** How many of the end of a URL, which is where two URLs differ. */
const SHOWN_AT_END = 6;

/** A path whose last part is shortened: `/uploads/eddf168f…`. */
export function shortenPath(path: string): string {
  const start = path.lastIndexOf("/") + 1;
  return path.length - start > SHOWN ? `${path.slice(0, start + SHOWN)}…` : path;
}

/** A URL in a form for people: its address, the start of its last part, and its end. */
export function shortenUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  const short = `${origin}${shortenPath(pathname)}`;
  if (search !== "") return `${short}?…${search.slice(-SHOWN_AT_END)}`;
  return short.endsWith("…") ? `${short}${pathname.slice(-SHOWN_AT_END)}` : short;
}
