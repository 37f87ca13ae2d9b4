import type { HeaderField } from "@presign-once/core";
import type { HttpAnswer } from "@presign-once/core/http";

/** The header fields of a request, names in lower case. A repeated field has been joined by the platform. */
export function headerFields(request: Request): HeaderField[] {
  const fields: HeaderField[] = [];
  request.headers.forEach((value, name) => fields.push([name, value]));
  return fields;
}

/** Gives an answer the form in which web platforms take it. */
export function toResponse({ status, headers, body }: HttpAnswer): Response {
  return new Response(status === 204 ? null : body, { status, headers: headers.map(([name, value]) => [name, value]) });
}
