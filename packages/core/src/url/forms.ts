/**
 * A form that texts of several settings, options and arguments have to have: one definition, and the words that name it.
 * The browser client, which imports nothing, repeats two of them; its `same-forms.test.ts` compares.
 *
 * An entry of its own: of a namespace that another module exports again, esbuild leaves nothing out of a bundle.
 */
export interface Form {
  /** For a message, after "expected". */
  readonly words: string;
  is(text: string): boolean;
}

/** Longest folders, in characters: those of an issuer and those of a caller leave room for a name in S3's 1,024 bytes of a key. */
const MAX_FOLDERS_LENGTH = 480;

/** Folders in front of a key; no folder is fine. No segment is empty, `.` or `..`, and nothing has to be escaped in a URL. */
export const folders: Form = {
  words: `folders of letters, digits, - . _ ~, each followed by /, ${MAX_FOLDERS_LENGTH} characters at most`,
  is: (text) => text.length <= MAX_FOLDERS_LENGTH && /^(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/.test(text),
};

/** What the name of an object ends in, after a dot. */
export const extension: Form = {
  words: "1 to 10 lower-case letters or digits",
  is: (text) => /^[a-z0-9]{1,10}$/.test(text),
};

/** Where something is mounted in the path of a URL. */
export const mountPath: Form = {
  words: "folders of letters, digits, - . _ ~ between slashes",
  is: (text) => text.startsWith("/") && folders.is(text.slice(1)),
};

/** A path in front of others, where something is served or stored. */
export const path: Form = {
  words: "a path such as /files, without a / at its end",
  is: (text) => /^(?:\/[A-Za-z0-9._~-]+)+$/.test(text),
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

/** The name of a bucket. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName: Form = {
  words: "the name of a bucket",
  is: (text) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text),
};

/** The id of an edge key, which stands in tags. */
export const edgeKeyId: Form = {
  words: "1 to 32 letters, digits, - or _",
  is: (text) => /^[A-Za-z0-9_-]{1,32}$/.test(text),
};

/** A word that is safe in the log from any source, such as the code of an error. */
export const logWord: Form = {
  words: "1 to 64 letters, digits, . - or _",
  is: (text) => /^[A-Za-z0-9._-]{1,64}$/.test(text),
};

/** The name of a bearer token, which stands in the log. */
export const tokenName: Form = { ...logWord };

/** The secret of a client that may retry: 128 bits or more, if it is random. */
export const clientSecret: Form = {
  words: "22 to 128 letters, digits, - or _",
  is: (text) => /^[A-Za-z0-9_-]{22,128}$/.test(text),
};

/**
 * A key of KMS, in any partition. The ARN is what the right to use the key names, in the role's policy.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html an id or an alias could be of another account
 */
export const kmsKeyArn: Form = {
  words: "the ARN of a KMS key such as arn:aws:kms:REGION:ACCOUNT:key/ID, and neither an alias nor an id alone",
  is: (text) => /^arn:aws(?:-[a-z]{1,10}){0,3}:kms:[a-z0-9-]{2,30}:\d{12}:key\/[A-Za-z0-9-]{1,64}$/.test(text),
};

const TAG_CHARACTERS = "letters, digits and blanks of ASCII, and + - = . _ : / @";

/** The name of a tag of an object. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const tagName: Form = {
  words: `1 to 128 of ${TAG_CHARACTERS}, and not aws: at the beginning`,
  is: (text) => /^(?!aws:)[A-Za-z0-9 +=._:/@-]{1,128}$/i.test(text),
};

/** The value of a tag of an object, likewise. */
export const tagValue: Form = {
  words: `up to 256 of ${TAG_CHARACTERS}`,
  is: (text) => /^[A-Za-z0-9 +=._:/@-]{0,256}$/.test(text),
};

/** A SHA-256 in hex, or an HMAC with it. */
export const sha256Hex: Form = {
  words: "64 lower-case hex digits",
  is: (text) => /^[0-9a-f]{64}$/.test(text),
};

/** A whole number in decimal, exact as a number of JavaScript's: of bytes, or of seconds. */
export const wholeNumber: Form = {
  words: "a whole number",
  is: (text) => /^(?:0|[1-9][0-9]{0,15})$/.test(text),
};

/** Longest media type, in characters: two names of 127 and the slash. */
const MAX_MEDIA_TYPE_LENGTH = 255;
const MEDIA_TYPE =
  /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}(?: ?; ?[\w.-]+=(?:[\w.+,-]+|"[\w.+, -]*")){0,4}$/;

/**
 * A media type that a URL can be bound to, parameters included.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6838#section-4.2
 */
export const mediaType: Form = {
  words: `the media type of the file itself, such as image/png, of at most ${MAX_MEDIA_TYPE_LENGTH} characters`,
  is: (text) => text.length <= MAX_MEDIA_TYPE_LENGTH && MEDIA_TYPE.test(text),
};
