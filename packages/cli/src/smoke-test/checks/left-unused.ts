import { CheckFailed } from "../check.ts";
import { expectRefused, expectUnused, type HttpCheck, PASSED, type Sent } from "../deployment-session.ts";
import { diagnosis } from "../diagnoses.ts";
import { answererOf, failedBy } from "../explain-answer.ts";
import { bytes } from "../http-message.ts";

/** Opens the links in a message before its reader does. */
const PREVIEW_BOT = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)";
const BODY = Buffer.from("presign-once smoke test\n");

/** What must not use a URL up. */
export const leftUnusedChecks: readonly HttpCheck[] = [
  {
    name: "reading",
    title: "GET, HEAD, OPTIONS and link previews leave a URL unused",
    async run(session) {
      const { grant } = await session.ask();
      expectAnswered(await session.send("GET", grant.url), 405);
      expectAnswered(await session.send("GET", grant.url, [["user-agent", PREVIEW_BOT]]), 405);
      expectAnswered(await session.send("HEAD", grant.url), 405);
      expectAnswered(await session.send("OPTIONS", grant.url), 204);
      await expectUnused(session, grant, BODY, "burned-by-reading");
      return PASSED;
    },
  },

  {
    name: "chunked",
    title: "an upload without a length is refused, and leaves the URL unused",
    async run(session) {
      const { grant } = await session.ask();
      const sent = await session.upload(grant, bytes(BODY, "chunked"));
      if (sent.answer.status === 200) return { status: "passed", note: "stored: something on the way adds the length" };
      // CloudFront may say so itself, before the function does.
      if (sent.answer.status !== 411) expectRefused(sent, "content-length-missing", "refused");
      await expectUnused(session, grant, BODY, "burned-by-refusal");
      return PASSED;
    },
  },
];

/**
 * Expects presign-once's answer to a request that is no upload. Only claimed uploads reach S3, so S3 must not be what answers.
 *
 * @throws {CheckFailed} `verify-not-attached` where S3 does, or what another answer means
 */
function expectAnswered({ request, answer }: Sent, status: number): void {
  const hasBody = request.method === "GET";
  if (hasBody && answererOf(answer) === "s3")
    throw new CheckFailed(diagnosis("verify-not-attached"), `S3 answered a GET with ${answer.status}`);
  if (answer.status !== status && hasBody) throw failedBy(answer, request, "upload");
  // Without a body nothing but the status tells S3's answer from the function's.
  if (answer.status !== status)
    throw new CheckFailed(
      diagnosis("verify-not-attached"),
      `${request.method} was answered ${answer.status}, not ${status}`,
    );
}
