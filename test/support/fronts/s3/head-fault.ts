import { findAuthFault, type S3Account } from "./authentication.ts";
import { findHeadTooLarge, findPutFault } from "./head-limits.ts";
import type { RequestHead } from "./request-head.ts";
import type { Refusal } from "./s3-refusal.ts";
import { findStorageFault } from "./storage-headers.ts";

/**
 * Finds the first reason in the head of a request for which S3 would refuse it; the body is not looked at.
 *
 * @param account  whose requests are taken
 * @param nowMs    the time at S3, in milliseconds
 */
export function findHeadFault(head: RequestHead, account: S3Account, nowMs: number): Refusal | undefined {
  return (
    findHeadTooLarge(head) ??
    findAuthFault(head, account, nowMs) ??
    findPutFault(head) ??
    findStorageFault(head, account.region)
  );
}
