/** A form that texts of several settings, options and arguments have to have: one definition, and the words that name it. */
export interface Form {
  /** For a message, after "expected". */
  readonly words: string;
  is(text: string): boolean;
}

/** Folders in front of a key; no folder is fine. No segment is empty, `.` or `..`, and nothing has to be escaped in a URL. */
export const folders: Form = {
  words: "folders of letters, digits, - . _ ~, each followed by /",
  is: (text) => /^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/.test(text),
};

/** Where something is mounted in the path of a URL. */
export const mountPath: Form = {
  words: "folders of letters, digits, - . _ ~ between slashes",
  is: (text) => text.startsWith("/") && folders.is(text.slice(1)),
};

/** Scheme and host, where clients reach edge or relay. */
export const baseUrl: Form = {
  words: "an http or https URL without a path",
  is: (text) => /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/.test(text) && URL.canParse(text),
};

/** An origin as browsers send it, or `*`. @see https://fetch.spec.whatwg.org/#origin-header */
export const origin: Form = {
  words: "origins as browsers send them, such as https://app.example, or *",
  is: (text) => text === "*" || (baseUrl.is(text) && new URL(text).origin === text),
};

/** The id of an edge key, which stands in tags. */
export const edgeKeyId: Form = {
  words: "1 to 32 letters, digits, - or _",
  is: (text) => /^[A-Za-z0-9_-]{1,32}$/.test(text),
};

/** The name of a bearer token, which stands in the log. */
export const tokenName: Form = {
  words: "1 to 64 letters, digits, . - or _",
  is: (text) => /^[A-Za-z0-9._-]{1,64}$/.test(text),
};

/** A SHA-256 in hex: of a bearer token. */
export const sha256Hex: Form = {
  words: "64 lower-case hex digits",
  is: (text) => /^[0-9a-f]{64}$/.test(text),
};
