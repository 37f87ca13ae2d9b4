import { PresignOnceError } from "../src/ports/presign-once-error.ts";

/** Whether the check of a law finds the law broken. What else it fails with is thrown. */
export async function isBroken(checked: Promise<void>): Promise<boolean> {
  try {
    await checked;
    return false;
  } catch (error) {
    if (error instanceof PresignOnceError && error.code === "LAW_BROKEN") return true;
    throw error;
  }
}
