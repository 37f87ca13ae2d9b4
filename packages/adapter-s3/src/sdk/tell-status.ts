import { statusOf } from "../s3/s3-failure.ts";

/** A request of the AWS SDK that also puts the HTTP status of an error into `status`: see {@link withStatus}. */
export async function tellStatus<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw withStatus(error);
  }
}

/** An error of the AWS SDK that also tells its HTTP status as `status`, so that no reader has to know the SDK's place for it. */
export function withStatus(error: unknown): unknown {
  const status = statusOf(error);
  return error instanceof Error && status !== undefined ? Object.assign(error, { status }) : error;
}
