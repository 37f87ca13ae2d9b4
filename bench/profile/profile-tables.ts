import { drawTable, figure } from "../report/format.ts";
import { packageOf } from "../report/package-of.ts";
import { largestParts } from "../sections/largest-parts.ts";
import type { SelfTime } from "./self-times.ts";

/** The bundle that was profiled. */
export interface ProfiledBundle {
  readonly url: string;
  readonly moduleOf: (line: number) => string | undefined;
}

const ROWS = 25;

/** The packages and the functions that took most, with the time of each for one claim. */
export function drawProfile(selfTimes: readonly SelfTime[], bundle: ProfiledBundle, claims: number): string {
  const located = selfTimes.map((self) => ({ ...self, path: pathOf(self, bundle) }));
  const byPackage = largestParts(located, ({ path }) => ownerOf(path), ROWS);
  const byFunction = largestParts(located, ({ name, path }) => `${name}  ${shorten(path)}`, ROWS);
  const table = (title: string, parts: typeof byPackage): string =>
    drawTable(
      [
        [title, "share", "µs per claim"],
        ...parts.map(({ name, amount, share }) => [name, `${(share * 100).toFixed(1)} %`, figure(amount / claims)]),
      ],
      "text",
    );
  const total = located.reduce((sum, { amount }) => sum + amount, 0);
  const heading = `${figure(claims)} claims, ${figure(total / claims)} µs each on the main thread: self time, idle left out`;
  return [heading, table("package", byPackage), table("function", byFunction)].join("\n\n");
}

function pathOf({ url, line }: SelfTime, bundle: ProfiledBundle): string {
  if (url === bundle.url) return bundle.moduleOf(line) ?? "the bundle itself";
  if (url.startsWith("node:")) return url;
  return url === "" ? "V8" : `bench/${url.split("/bench/").at(-1) ?? ""}`;
}

function ownerOf(path: string): string {
  if (path.startsWith("node:")) return "node";
  return path.startsWith("bench/") ? "the benchmark itself" : packageOf(path);
}

function shorten(path: string): string {
  return path.split("node_modules/").at(-1) ?? path;
}
