import type { Clock } from "@presign-once/core";
import type { EdgeConfigInput } from "@presign-once/settings";

import type { Contender, Upload } from "./contender.ts";
import { functionCredentials, loadHandler, placeBundles } from "./edge-bundles.ts";
import { passes, viewerRequestEvent } from "./viewer-request.ts";

const twoHoursAgo: Clock = { now: () => new Date(Date.now() - 7_200_000) };

/** A contender that is the whole edge: the built issue and verify functions, called as Lambda calls them. */
export function onBundle({
  settings,
  ...traits
}: Pick<Contender, "name" | "strategy" | "judged"> & {
  /** Settings of the functions that differ from the defaults. */
  readonly settings?: Partial<EdgeConfigInput>;
}): Contender & { readonly settings: Partial<EdgeConfigInput> | undefined } {
  return {
    ...traits,
    settings,
    whole: true,
    async open(place) {
      Object.assign(process.env, functionCredentials(place));
      const bundles = await placeBundles(place, settings);
      const [issue, verify] = [await loadHandler(bundles.issueDir), await loadHandler(bundles.verifyDir)];

      function upload(url: URL): Upload {
        const event = viewerRequestEvent("PUT", url);
        return async () => passes(await verify(event));
      }

      /** An upload that must be refused, and for this reason. */
      function refused(url: URL, code: string): Upload {
        const event = viewerRequestEvent("PUT", url);
        return async () => {
          const result = await verify(event);
          if (!("body" in result) || !result.body.includes(`<Code>${code}</Code>`))
            throw new Error(`${traits.name}: a URL was not refused as ${code}`);
          return false;
        };
      }

      return {
        issue: async () => upload(await bundles.issueUrl(issue)),
        spoil: {
          forged: async () => refused(withTag(await bundles.issueUrl(issue), flipLastDigit), "UrlUnknown"),
          expired: async () => refused(await bundles.unregisteredUrl(twoHoursAgo), "UrlExpired"),
          malformed: async () =>
            refused(
              withTag(await bundles.issueUrl(issue), () => "%zz"),
              "InvalidRequest",
            ),
        },
        close: () => bundles.remove(),
      };
    },
  };
}

/** Changes what stands last in the query, the edge's tag. */
function withTag(url: URL, change: (tag: string) => string): URL {
  const [signed = "", tag = ""] = url.search.split("x-once-tag=");
  if (tag === "") throw new Error("the URL has no tag");
  const changed = new URL(url);
  changed.search = `${signed}x-once-tag=${change(tag)}`;
  return changed;
}

function flipLastDigit(tag: string): string {
  return tag.slice(0, -1) + (tag.endsWith("0") ? "1" : "0");
}
