import { parseVerifyConfigJson } from "@presign-once/settings";

import { composeVerify } from "./composition.ts";
import { startFunction } from "./start-function.ts";

/** The Lambda@Edge function in front of the bucket. */
export const handler = startFunction(
  "verify",
  parseVerifyConfigJson,
  composeVerify,
  new URL("config.json", import.meta.url),
);
