import { UploadError } from "./upload-error.ts";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads an error answer: S3's XML, or JSON with the same fields.
 *
 * @param otherwise  the code when the answer says nothing that can be read
 */
export function readError(
  answer: { readonly status: number; readonly body: string; readonly retryAfter: string | null },
  otherwise: "GrantRefused" | "UploadRefused",
): UploadError {
  const { code, message } = answer.body.trimStart().startsWith("{") ? fromJson(answer.body) : fromXml(answer.body);
  const seconds = /^\d+$/.test(answer.retryAfter ?? "") ? { retryAfterSeconds: Number(answer.retryAfter) } : {};
  return new UploadError(code || otherwise, message || `The server answered ${answer.status}.`, {
    status: answer.status,
    ...seconds,
  });
}

interface Fields {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

function fromXml(body: string): Fields {
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`)
      .exec(body)?.[1]
      ?.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => ENTITIES[entity] ?? "");
  return body.includes("<Error>") ? { code: field("Code"), message: field("Message") } : {};
}

function fromJson(body: string): Fields {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  try {
    const { code, message } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return { code: text(code), message: text(message) };
  } catch {
    return {};
  }
}
