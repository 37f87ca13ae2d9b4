import type { Ids } from "../ports/ids.ts";
import type { SignatureHash } from "../ports/signature-hash.ts";
import { type EdgeKeys, isTag } from "../url/edge-keys.ts";
import { tokenText } from "./token.ts";

/** What a button press hands out: for one ticket, for a short time, to one client. */
export interface Pass {
  /** Until then it may be the first use of its ticket. */
  readonly expiresAt: Date;
  /** The client's secret: whoever repeats it is the same client. */
  readonly nonce: string;
}

/** How long a pass may be the first use of its ticket, in seconds. */
export const PASS_SECONDS = 60;
const PASS = /^([1-9][0-9]{0,11})\.([0-9a-f]{32})\.(.+)$/;

/** Makes a pass for a ticket: `<seconds since 1970>.<nonce>.<key id>.<64 hex digits>`. */
export async function issuePass(
  hash: SignatureHash,
  { keys, ids, now }: { readonly keys: EdgeKeys; readonly ids: Ids; readonly now: Date },
): Promise<string> {
  const text = `${Math.floor(now.getTime() / 1000) + PASS_SECONDS}.${ids.claimant()}`;
  return `${text}.${await keys.tag(passText(hash, text))}`;
}

/** Reads a pass; `undefined` for one of another form, of another ticket or that was not issued here. */
export async function readPass(pass: string, hash: SignatureHash, keys: EdgeKeys): Promise<Pass | undefined> {
  const [, expiry, nonce, tag] = PASS.exec(pass) ?? [];
  if (expiry === undefined || nonce === undefined || tag === undefined || !isTag(tag)) return undefined;
  if ((await keys.verifyTag(passText(hash, `${expiry}.${nonce}`), tag)) === undefined) return undefined;
  return { expiresAt: new Date(Number(expiry) * 1000), nonce };
}

function passText(hash: SignatureHash, text: string): string {
  return tokenText("pass", `${hash}.${text}`);
}
