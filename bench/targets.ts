import type { Contender } from "./contenders/contender.ts";
import { ARTICLE, bundles, contenders } from "./contenders/contenders.ts";
import type { Target } from "./report/judge.ts";
import { measures } from "./report/measures.ts";
import { entries } from "./sections/growth.ts";

const judged = contenders.filter((contender) => contender.judged);
const sealed = namesOf(({ strategy }) => strategy === "sealed");
const conditional = namesOf(({ strategy }) => strategy === "conditional");
const oneRequest = [...conditional, ...sealed];
const whole = namesOf((contender) => contender.whole);

/** How much slower than an index with one entry still counts as flat: the machine's noise, and some. */
const FLAT = 1.25;

/** What the measurements have to come to. The article's rows say how far its algorithm is from that. */
export const targets: readonly Target[] = [
  atMost("round trips per claim", measures.claimRoundTrips, oneRequest, 1),
  atLeast("round trips per claim of the article", measures.claimRoundTrips, [ARTICLE], 3),
  atMost("S3 requests in a URL's life", measures.lifeRequests, conditional, 2),
  atMost("S3 requests in a URL's life", measures.lifeRequests, sealed, 1),
  atLeast("S3 requests in a URL's life of the article", measures.lifeRequests, [ARTICLE], 5),
  atMost("claim at 80 ms, warm", measures.claimTime(80, "warm"), oneRequest, 1.1, "floor"),
  atLeast("claim at 80 ms, warm, of the article", measures.claimTime(80, "warm"), [ARTICLE], 3, "floor"),
  atMost("CPU per claim", measures.claimCpu, oneRequest, 1.5, "floor"),
  atMost("CPU per claim", measures.claimCpu, oneRequest, 1 / 8, "article"),
  ...["forged", "expired", "malformed"].map((kind) =>
    atMost(`S3 requests to refuse a URL that is ${kind}`, measures.refusalRequests(kind), whole, 0),
  ),
  atLeast("refusals a second, malformed", measures.refusalRate("malformed"), whole, 50_000),
  atLeast("refusals a second, expired", measures.refusalRate("expired"), whole, 50_000),
  atLeast("refusals a second, forged", measures.refusalRate("forged"), whole, 10_000),
  atMost("bytes of the bundle, gzipped", measures.gzippedBytes, namesOfBundles(), 60_000),
  atMost("CPU of import and first claim", measures.startCpu, namesOfBundles(), 3, "bare"),
  atMost("RSS after 1,000 requests, MB", measures.memory, namesOfBundles(), 90),
  ...["issue", "claim", "refusal of a used URL"].flatMap((what) =>
    oneRequest.map((name) =>
      atMost(`${what} by ${name}, growing`, measures.growth(what, name), [entries(100_000)], FLAT, entries(1)),
    ),
  ),
];

function namesOf(fits: (contender: Contender) => boolean): string[] {
  return judged.filter(fits).map(({ name }) => name);
}

function namesOfBundles(): string[] {
  return bundles.map(({ name }) => name);
}

function atMost(what: string, measure: string, of: readonly string[], limit: number, times?: string): Target {
  return { what, measure, of, bound: "at most", limit, ...(times === undefined ? {} : { times }) };
}

function atLeast(what: string, measure: string, of: readonly string[], limit: number, times?: string): Target {
  return { what, measure, of, bound: "at least", limit, ...(times === undefined ? {} : { times }) };
}
