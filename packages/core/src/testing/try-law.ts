import { PresignOnceError } from "../ports/presign-once-error.ts";
import { type IndexHarness, type IndexLaw, skipReason } from "./index-law.ts";

/** What became of one law: it held unless `broken` says what was seen, or `skipped` why it was not tried. */
export interface LawReport {
  readonly name: string;
  readonly broken?: string;
  readonly skipped?: string;
}

/** Tries a law, for reports. Throws what the harness throws, and nothing for a broken law. */
export async function tryLaw(law: IndexLaw, harness: IndexHarness): Promise<LawReport> {
  const { name } = law;
  const skipped = skipReason(law, harness);
  if (skipped !== undefined) return { name, skipped };
  try {
    await law.check(harness);
    return { name };
  } catch (error) {
    if (error instanceof PresignOnceError && error.code === "LAW_BROKEN") return { name, broken: error.message };
    throw error;
  }
}
