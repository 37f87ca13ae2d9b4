import { type Authorizer, composeIssue, createFunction } from "@presign-once/adapter-edge";

/** On this machine every caller may upload, and hand out links for everything. */
const everything: Authorizer = { authorize: async () => ({ status: "allowed", downloads: [""] }) };

/** The issue function of an edge that was started without an authorizer. */
export const handler = createFunction(
  "issue",
  (config, writeLine) => composeIssue(config, writeLine, everything),
  new URL("config.json", import.meta.url),
);
