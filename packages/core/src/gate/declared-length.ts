import { wholeNumber } from "../url/forms.ts";
import { type HeaderFault, headerRefused } from "./header-fault.ts";

/**
 * Reads from the headers of an upload how long its body is.
 *
 * @param values  of all header fields, by lower-case name
 * @returns       the length in bytes, `undefined` when none is declared, or what is wrong with it
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function declaredLength(
  values: ReadonlyMap<string, string>,
): { readonly bytes: number | undefined } | { readonly fault: HeaderFault } {
  const length = values.get("content-length");
  if (length === undefined) return { bytes: undefined };
  if (values.has("transfer-encoding"))
    return { fault: headerRefused("Content-Length and Transfer-Encoding exclude each other.") };
  if (!wholeNumber.is(length)) return { fault: headerRefused("Content-Length is not a number of bytes.") };
  return { bytes: Number(length) };
}
