import { join } from "node:path";

import { mergeConfig } from "vitest/config";

import workspace from "../../vitest.config.ts";

/** The unit tests, with the AWS SDK of the project in the folder `SDK_FROM`. */
export default mergeConfig(workspace, {
  root: join(import.meta.dirname, "../.."),
  resolve: {
    alias: ["client-s3", "lib-storage", "s3-request-presigner"].map((name) => ({
      find: new RegExp(`^@aws-sdk/${name}$`),
      replacement: join(process.env["SDK_FROM"] ?? "", "node_modules/@aws-sdk", name),
    })),
  },
});
