import { randomBytes } from "node:crypto";

import { CLIENT_HEADER, type HeaderField, SAME_CLIENT } from "@presign-once/core";

import { CheckFailed } from "../check.ts";
import { expectRefused, expectStored, type HttpCheck, PASSED, type Session } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { expectCookieDropped } from "./first-use.ts";

const SECRET_BYTES = 16;
const BODY = Buffer.from("presign-once smoke test\n");
const ASKED = { retries: SAME_CLIENT };

/** Whether the client that was first may try again, and no other client. */
export const retriesCheck: HttpCheck = {
  name: "retries",
  title: "the same client may try again, another one may not",
  async run(session) {
    const offered = await session.ask(ASKED).catch(withoutRetries);
    if (offered === undefined) return { status: "skipped", reason: "the settings offer no retries" };
    const { grant } = offered;
    const headers = [secret()];
    expectStored(await session.upload(grant, BODY, { headers }));
    await expectToldAgain(session, grant, headers);
    expectRefused(await session.upload(grant, BODY, { headers: [secret()] }), "already-claimed", "second-use-accepted");

    const other = (await session.ask(ASKED)).grant;
    expectCookieDropped(await session.upload(other, BODY, { headers: [secret(), ["cookie", "smoke=test"]] }));
    return PASSED;
  },
};

async function expectToldAgain(
  session: Session,
  grant: Parameters<Session["upload"]>[0],
  headers: readonly HeaderField[],
): Promise<void> {
  const { answer } = await session.upload(grant, BODY, { headers });
  if (answer.status !== 200)
    throw new CheckFailed(diagnosis("retry-refused"), `the second request was answered ${answer.status}`);
  if (answer.headers["x-presign-once-already-stored"] !== "true")
    throw new CheckFailed(diagnosis("second-use-accepted"), "the second request was stored too");
}

function secret(): HeaderField {
  return [CLIENT_HEADER, randomBytes(SECRET_BYTES).toString("hex")];
}

function withoutRetries(error: unknown): undefined {
  if (!(error instanceof CheckFailed) || error.diagnosis.code !== "parameter-refused") throw error;
}
