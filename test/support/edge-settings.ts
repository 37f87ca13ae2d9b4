import type { EdgeConfigInput } from "@presign-once/settings";

/** The secret of the first edge key in {@link settings}: nothing that is printed, logged or answered may hold it. */
export const SECRET = Buffer.alloc(32, "planted").toString("base64url");

/** Settings that hold, with nothing but what is required, and then `changes`. */
export function settings(changes: Partial<EdgeConfigInput> = {}): EdgeConfigInput {
  return {
    region: "eu-west-1",
    uploads: { bucket: "some-uploads" },
    index: {},
    keys: [{ id: "k1", secret: SECRET }],
    authorizer: "none",
    ...changes,
  };
}
