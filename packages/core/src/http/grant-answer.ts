import type { Grant } from "../gate/issuer.ts";
import type { HeaderField } from "../ports/header-field.ts";
import type { DownloadGrant } from "../ticket/download-issuer.ts";
import type { HttpAnswer } from "./http-answer.ts";

/**
 * Serializes a grant: the URL as text, which pipes into the next command, or the whole grant as JSON.
 *
 * @param cors  headers that let a page read the answer
 */
export function grantAnswer(
  grant: Pick<Grant | DownloadGrant, "url">,
  form: "text" | "json",
  cors: readonly HeaderField[],
): HttpAnswer {
  return {
    status: 200,
    headers: [
      ["Content-Type", form === "json" ? "application/json" : "text/plain; charset=utf-8"],
      ["Cache-Control", "no-store"],
      ...cors,
    ],
    body: form === "json" ? JSON.stringify(grant) : grant.url,
  };
}
