import { composeIssue } from "./composition.ts";
import { createFunction } from "./function-entry.ts";

/** The Lambda@Edge function behind `/url`. */
export const handler = createFunction("issue", composeIssue, new URL("config.json", import.meta.url));
