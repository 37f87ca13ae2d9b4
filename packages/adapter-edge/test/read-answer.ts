import { PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";

import type { GeneratedResponse, ViewerRequest } from "../src/cloudfront/cloudfront.ts";

/** An answer of a function, read as strictly as its reader may be. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; every answer of these functions has each header once. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes an answer apart. Throws when the function let the request through instead, or broke CloudFront's form. */
export function readAnswer(result: ViewerRequest | GeneratedResponse): Answer {
  if (!("status" in result)) throw new Error("the request was let through to the origin");
  if (!/^[1-5][0-9]{2}$/.test(result.status)) throw new Error(`status ${result.status}`);
  const headers: Record<string, string> = {};
  for (const [name, fields] of Object.entries(result.headers)) {
    const [field, ...more] = fields;
    if (field === undefined || more.length > 0 || field.key?.toLowerCase() !== name) throw new Error(`header ${name}`);
    if (!/^[\t -~]*$/.test(field.value)) throw new Error(`the value of ${name} breaks out of its line`);
    headers[name] = field.value;
  }
  return { status: Number(result.status), headers, body: result.body };
}

/** The elements of an S3-style error. Throws when it is not well-formed XML of exactly that form. */
export function readErrorXml(body: string): Record<string, string> {
  const content = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Error>(.*)<\/Error>\n$/s.exec(body)?.[1];
  if (content === undefined) throw new Error(`not an S3-style error: ${body}`);
  const elements = [...content.matchAll(/<([A-Z][A-Za-z]*)>((?:[^<&>\p{Cc}\p{Cs}]|&(?:amp|lt|gt);)*)<\/\1>/gu)];
  if (elements.map(([whole]) => whole).join("") !== content) throw new Error(`not well-formed: ${content}`);
  const characters: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
  return Object.fromEntries(
    elements.map(([, name = "", text = ""]) => [name, text.replace(/&\w+;/g, (entity) => characters[entity] ?? "")]),
  );
}

/** What the AWS SDK's own S3 client makes of an answer to its PutObject. */
export async function readWithS3Client({ status, headers, body }: Answer): Promise<S3ServiceException> {
  const s3 = new S3Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" },
    maxAttempts: 1,
    requestHandler: {
      handle: async () =>
        ({ response: { statusCode: status, headers: { ...headers }, body: Buffer.from(body) } }) as never,
    },
  });
  try {
    await s3.send(new PutObjectCommand({ Bucket: "some-uploads", Key: "uploads/1", Body: "hello" }));
  } catch (error) {
    if (error instanceof S3ServiceException) return error;
    throw error;
  }
  throw new Error("the client took the answer for a success");
}
