/** An answer as it stands on the wire, less what belongs to the connection alone. */
export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, ... in the order and form received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const ofTheConnection = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Leaves out the headers that speak of one connection and say nothing on the next. */
export function endToEndHeaders(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !ofTheConnection.has((rawHeaders[index & ~1] ?? "").toLowerCase()));
}

/** An error as S3 words it, with nothing in it but the code. */
export function s3Error(status: number, code: string): HttpAnswer {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
  return {
    status,
    reason: code,
    rawHeaders: ["Content-Type", "application/xml", "Content-Length", String(body.length)],
    body,
  };
}

/** The bytes of status line and headers, for an answer that is the last on its connection. */
export function headBytes({ status, reason, rawHeaders }: HttpAnswer): Buffer {
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return Buffer.from(`${head}Connection: close\r\n\r\n`, "latin1");
}
