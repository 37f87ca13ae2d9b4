import { classifyS3Failure } from "@presign-once/adapter-s3/failures";
import { PresignOnceError } from "@presign-once/core";

import { describeS3Failure } from "../../describe-s3-failure.ts";

/** Something that AWS said about a deployment, or in one line why it is not known. Nothing is concluded from the second. */
export type Fact<Value> =
  | { readonly status: "read"; readonly value: Value }
  | { readonly status: "unread"; readonly reason: string };

/** Codes by which AWS's services say that they do not know the caller, beside those that S3 has too. */
const UNKNOWN_CALLER = new Set(["InvalidClientTokenId", "UnrecognizedClientException", "ExpiredTokenException"]);

/** The fact that a value is known. */
export function read<Value>(value: Value): Fact<Value> {
  return { status: "read", value };
}

/** The fact that something is not known. */
export function unread(reason: string): Fact<never> {
  return { status: "unread", reason };
}

/**
 * Reads a fact with one request.
 *
 * @param action   the IAM action that the request needs, such as `s3:GetBucketCORS`; stands in the reason
 * @param request  sends it
 * @param absent   codes of answers which say that there is no such setting, and the value that stands for that
 * @throws {PresignOnceError} `CONFIG_INVALID`: there are no credentials, or AWS does not accept them
 */
export async function readFact<Value>(
  action: string,
  request: () => Promise<Value>,
  absent?: { readonly codes: readonly string[]; readonly value: Value },
): Promise<Fact<Value>> {
  try {
    return read(await request());
  } catch (error) {
    // The shape of the SDK's errors is the same for every service; nothing but codes and statuses is taken from it.
    const { kind, name, words } = classifyS3Failure(error);
    if (absent?.codes.includes(name)) return read(absent.value);
    if (/^AccessDenied/.test(name)) return unread(`these credentials lack ${action}`);
    if (kind === "no-credentials" || kind === "unknown-caller" || UNKNOWN_CALLER.has(name)) {
      const { line } = describeS3Failure(error, { bucket: "", region: "", endpoint: undefined });
      const said =
        kind === "no-credentials" ? line : `AWS does not accept these credentials (${words.join(" ")}): sign in again`;
      throw new PresignOnceError("CONFIG_INVALID", said);
    }
    return unread(`${action} failed: ${words.join(" ") || "no answer"}`);
  }
}

/** Reads the next fact from a known one; what is not known stays so, for the same reason. */
export async function andThen<Value, Next>(
  fact: Fact<Value>,
  next: (value: Value) => Fact<Next> | Promise<Fact<Next>>,
): Promise<Fact<Next>> {
  return fact.status === "read" ? next(fact.value) : fact;
}
