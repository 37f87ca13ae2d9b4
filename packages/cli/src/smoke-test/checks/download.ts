import { randomBytes } from "node:crypto";

import type { IssuedGrant } from "../ask-for-url.ts";
import { CheckFailed } from "../check.ts";
import { expectStored, type HttpCheck, isOwnAnswer, PASSED, type Sent, type Session } from "../deployment-session.ts";
import { diagnosis, type DiagnosisCode } from "../diagnoses.ts";
import { readErrorBody } from "../error-body.ts";
import { answererOf, describeAnswerer, failedBy, isRefusal, NOT_HERE } from "../explain-answer.ts";
import { splitUrl } from "../http-message.ts";

const CONTENT_BYTES = 256;
/** How often a link is only looked at, as chat programs do before a person. */
const LOOKS = 2;

/** Why a caller gets no links, where that is a choice and no fault. */
const WITHOUT_LINKS: Partial<Readonly<Record<string, string>>> = {
  "parameter-refused": "the settings offer no one-time downloads",
  "caller-forbidden": "the authorizer lets this caller download nothing",
};

/** Whether a link gives one client the file, and nothing that a browser runs. */
export const downloadCheck: HttpCheck = {
  name: "download",
  title: "a link gives the file once, and looking at it uses nothing up",
  async run(session) {
    const { grant } = await session.ask();
    const content = randomBytes(CONTENT_BYTES).toString("hex");
    expectStored(await session.upload(grant, Buffer.from(content)));
    const link = await askForLink(session, grant);
    if ("reason" in link) return { status: "skipped", reason: link.reason };

    for (let look = 0; look < LOOKS; look += 1) expectShown(await session.send("GET", link.url));
    expectFile(await session.send("GET", await press(session, link)), content);
    const second = await session.send("GET", await press(session, link));
    if (!isRefusal(second.answer, "download-used")) throw secondFailed(second);
    return PASSED;
  },
};

async function askForLink(session: Session, { key }: IssuedGrant): Promise<IssuedGrant | { readonly reason: string }> {
  try {
    return (await session.ask({ download: key })).grant;
  } catch (error) {
    const reason = error instanceof CheckFailed ? WITHOUT_LINKS[error.diagnosis.code] : undefined;
    if (reason === undefined) throw error;
    return { reason };
  }
}

/** Presses the button of the page. @returns the link with a fresh pass */
async function press(session: Session, { url }: IssuedGrant): Promise<string> {
  const sent = await session.send("POST", url);
  const { status, headers } = sent.answer;
  if (status !== 303) throw linkFailed(sent);
  const { origin, target } = splitUrl(url);
  const location = headers["location"] ?? "";
  if (!location.startsWith(`${target}?pass=`))
    throw failed("downloads-not-attached", "a POST was answered 303 elsewhere");
  return origin + location;
}

function expectShown(sent: Sent): void {
  if (sent.answer.status === 200 && isOwnAnswer(sent)) return;
  if (isRefusal(sent.answer, "download-used")) throw failed("burned-by-reading", "a GET of a link was followed by 410");
  throw linkFailed(sent);
}

function expectFile(sent: Sent, content: string): void {
  const { status, headers, body } = sent.answer;
  if (status === 200 && isOwnAnswer(sent)) throw failed("pass-dropped", "a GET with a pass was answered with the page");
  if (status !== 200) throw fileFailed(sent);
  if (body !== content) throw failed("download-altered", `${content.length} bytes were uploaded, others arrived`);
  if (!/^attachment(?:;|$)/i.test(headers["content-disposition"] ?? "")) throw failed("download-inline");
  if (headers["x-content-type-options"] !== "nosniff") throw failed("download-sniffable");
}

/** What an answer to a link without a pass means. Only the verify function answers one. */
function linkFailed({ request, answer }: Sent): CheckFailed {
  const seen = `${describeAnswerer(answer)} to a ${request.method} of a link`;
  const isElsewhere =
    answererOf(answer) === "presign-once" ? isRefusal(answer, "method-not-allowed") : NOT_HERE.has(answer.status);
  if (isElsewhere || answererOf(answer) === "s3") return failed("downloads-not-attached", seen);
  return failedBy(answer, request, "upload");
}

function fileFailed({ request, answer }: Sent): CheckFailed {
  const isDenied = answererOf(answer) === "s3" && readErrorBody(answer.body)?.code === "AccessDenied";
  if (isDenied) return failed("download-denied", describeAnswerer(answer));
  // The verify function signs a query of its own in the place of the pass.
  return failedBy(answer, { ...request, url: request.url.replace(/\?.*/, "") }, "upload");
}

function secondFailed(sent: Sent): CheckFailed {
  const isFile = sent.answer.status === 200 && !isOwnAnswer(sent);
  return isFile ? failed("second-use-accepted", "a second pass got the file, too") : fileFailed(sent);
}

function failed(code: DiagnosisCode, seen?: string): CheckFailed {
  return new CheckFailed(diagnosis(code), seen);
}
