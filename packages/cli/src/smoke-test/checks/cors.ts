import { CheckFailed } from "../check.ts";
import { type HttpCheck, PASSED } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import type { HttpAnswer } from "../http-message.ts";

const BODY = Buffer.from("presign-once smoke test\n");

/** Whether a page of the given origin may ask, upload, and read every answer. @see https://fetch.spec.whatwg.org/#http-cors-protocol */
export const corsCheck: HttpCheck = {
  name: "cors",
  title: "a page of the origin may read every answer",
  async run(session) {
    const { origin, endpoint } = session.deployment;
    if (origin === undefined) return { status: "skipped", reason: "no --origin was named" };
    const headers = [["origin", origin]] as const;
    const { grant, answer } = await session.ask({}, headers);
    expectReadable(answer, origin, "the grant");
    for (const [method, url, of] of [
      ["GET", endpoint, "of the endpoint"],
      ["PUT", grant.url, "of an upload"],
    ] as const) {
      const preflight = await session.send("OPTIONS", url, [...headers, ["access-control-request-method", method]]);
      expectReadable(preflight.answer, origin, `the preflight ${of}`);
    }
    expectReadable((await session.upload(grant, BODY, { headers })).answer, origin, "S3's answer to an upload");
    expectReadable((await session.upload(grant, BODY, { headers })).answer, origin, "a refusal");
    return PASSED;
  },
};

function expectReadable({ headers }: HttpAnswer, origin: string, what: string): void {
  const allowed = headers["access-control-allow-origin"];
  if (allowed === origin || allowed === "*") return;
  if (allowed === undefined)
    throw new CheckFailed(diagnosis("cors-missing"), `${what} has no access-control-allow-origin`);
  const code = allowed.includes(",") ? "cors-doubled" : "cors-missing";
  throw new CheckFailed(
    diagnosis(code),
    `${what} allows ${code === "cors-doubled" ? "more than one origin" : "another origin"}`,
  );
}
