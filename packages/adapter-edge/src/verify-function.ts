import { composeVerify } from "./composition.ts";
import { createFunction } from "./function-entry.ts";

/** The Lambda@Edge function in front of the bucket. */
export const handler = createFunction("verify", composeVerify, new URL("config.json", import.meta.url));
