import { startR2 } from "../../../servers/r2.ts";
import { type StrictS3, startStrictS3 } from "./strict-s3.ts";

/** Starts an R2 behind a front that refuses what S3 refuses: {@link startR2}, {@link startStrictS3}. */
export async function startStrictR2(options: Parameters<typeof startR2>[0]): Promise<StrictS3> {
  const r2 = await startR2(options);
  const strict = await startStrictS3({ store: r2 });
  return {
    ...strict,
    async stop() {
      await strict.stop();
      await r2.stop();
    },
  };
}
