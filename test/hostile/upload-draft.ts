/** An upload before it is put on the wire; every part of it may be made wrong. Characters up to `\xff` are bytes. */
export interface UploadDraft {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly version: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** One way to be wrong, or only unusual. */
export type Change = (draft: UploadDraft) => UploadDraft;

/** The one good upload of a URL. */
export function draftOf(url: string, body = "hello"): UploadDraft {
  const { host, pathname, search } = new URL(url);
  const fields = [
    ["Host", host],
    ["Content-Length", String(body.length)],
  ] as const;
  return { method: "PUT", path: pathname, query: search.slice(1), version: "HTTP/1.1", fields, body };
}

/** The bytes of a draft. */
export function bytesOf({ method, path, query, version, fields, body }: UploadDraft): Buffer {
  const target = query === "" ? path : `${path}?${query}`;
  const lines = [`${method} ${target} ${version}`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

/** Sends one more header field, or more. */
export function withFields(...added: readonly (readonly [name: string, value: string])[]): Change {
  return (draft) => ({ ...draft, fields: [...draft.fields, ...added] });
}

/** Sends these fields instead of those with the same names. */
export function replacingFields(...replaced: readonly (readonly [name: string, value: string])[]): Change {
  const names = new Set(replaced.map(([name]) => name.toLowerCase()));
  return (draft) => ({
    ...draft,
    fields: [...draft.fields.filter(([name]) => !names.has(name.toLowerCase())), ...replaced],
  });
}
