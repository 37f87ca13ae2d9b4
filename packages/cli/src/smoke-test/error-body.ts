/** An error in S3's words, from S3 or from presign-once. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The text of another element, such as `CanonicalRequest`; empty where there is none. */
  field(name: string): string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads the body of an error: XML as S3 writes it, or presign-once's JSON.
 *
 * @returns `undefined` for anything else, such as a page of CloudFront's
 */
export function readErrorBody(body: string): ErrorBody | undefined {
  const field = body.trimStart().startsWith("{") ? jsonField(body) : xmlField(body);
  const [code, message] = [field("Code"), field("Message")];
  return code === "" ? undefined : { code, message, requestId: field("RequestId"), field };
}

function xmlField(body: string): (name: string) => string {
  if (!body.includes("<Error>")) return () => "";
  return (name) =>
    (new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? "").replace(
      /&(?:(amp|lt|gt|quot|apos)|#(\d{1,5}));/g,
      (_, entity: string | undefined, character: string) =>
        entity === undefined ? String.fromCharCode(Number(character)) : (ENTITIES[entity] ?? ""),
    );
}

function jsonField(body: string): (name: string) => string {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(body) as typeof fields;
  } catch {
    return () => "";
  }
  return (name) => {
    const value = fields[name.charAt(0).toLowerCase() + name.slice(1)];
    return typeof value === "string" ? value : "";
  };
}
