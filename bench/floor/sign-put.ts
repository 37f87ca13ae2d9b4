import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

/** Who signs, and for which region. */
export interface Signatory {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A conditional PUT of a small text. */
export interface SmallPut {
  readonly host: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly body: string;
  readonly condition: readonly [name: "if-match" | "if-none-match", value: string];
}

/**
 * Creates what signs PUT requests for S3 in their headers, with nothing in it that this one kind of request does not need.
 *
 * The signing key is derived once a day, as any sane client does.
 *
 * @returns the headers to send, in addition to the Host
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function createPutSigner({ region, credentials }: Signatory): (put: SmallPut) => Record<string, string> {
  let key: { readonly day: string; readonly ready: KeyObject } | undefined;

  function keyOf(day: string): KeyObject {
    if (key?.day !== day) {
      const parts = [day, region, "s3", "aws4_request"];
      const secret: Buffer | string = `AWS4${credentials.secretAccessKey}`;
      key = { day, ready: createSecretKey(parts.reduce<Buffer | string>(hmac, secret) as Buffer) };
    }
    return key.ready;
  }

  return ({ host, path, body, condition: [name, value] }) => {
    const date = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
    const day = date.slice(0, 8);
    const payload = hash("sha256", body);
    const signed = `host;${name};x-amz-content-sha256;x-amz-date`;
    const fields = `host:${host}\n${name}:${value}\nx-amz-content-sha256:${payload}\nx-amz-date:${date}\n`;
    const canonical = `PUT\n${path}\n\n${fields}\n${signed}\n${payload}`;
    const scope = `${day}/${region}/s3/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash("sha256", canonical)}`;
    const signature = createHmac("sha256", keyOf(day)).update(text).digest("hex");
    return {
      [name]: value,
      "x-amz-content-sha256": payload,
      "x-amz-date": date,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope},SignedHeaders=${signed},Signature=${signature}`,
    };
  };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
