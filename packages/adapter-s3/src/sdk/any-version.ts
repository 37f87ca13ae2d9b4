import { CompleteMultipartUploadCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

type Command = Parameters<S3Client["send"]>[0];
/** What the middlewares below read and change, in every version of the SDK. */
interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
}
interface Answer {
  statusCode: number;
  body?: unknown;
}

/**
 * Makes requests through a client behave alike in every version of the AWS SDK, and leaves the client itself unchanged.
 *
 * - Conditions are sent with the two commands that make an object, and with no other: `lib-storage` hands them to every part.
 *   Before 3.700.0 the SDK drops `IfMatch` of a PutObject without an error: the write replaces anything.
 * - No `Expect: 100-continue`. Early versions send it with every body, and later ones from 2 MiB on; where a server does not
 *   answer it, the body waits for a second or six, and an index gives up before.
 * - An answer that is cut in its body is an error. In early versions such a request never ends.
 * - An error in an answer of 200 has status 503. Early versions say 400, which would mean that nothing was written.
 *
 * @param s3  of any version; its `send` is called once for each request
 */
export function onAnyVersion(s3: S3Client): S3Client {
  const send = (command: Command, ...options: []): Promise<unknown> => {
    const stack = command.middlewareStack;
    const makesObject = command instanceof PutObjectCommand || command instanceof CompleteMultipartUploadCommand;
    stack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        delete headers["Expect"];
        const { IfMatch, IfNoneMatch } = makesObject ? (args.input as Conditions) : {};
        if (IfMatch !== undefined) headers["if-match"] = IfMatch;
        if (IfNoneMatch !== undefined) headers["if-none-match"] = IfNoneMatch;
        return next(args);
      },
      { step: "build", priority: "low", name: "sendConditionsWithoutExpect", override: true },
    );
    stack.add(
      (next) => async (args) => {
        const result = await next(args);
        if (!(command instanceof GetObjectCommand)) await readWhole(s3, command, result.response as Answer);
        return result;
      },
      { step: "deserialize", priority: "low", name: "readWholeAnswer", override: true },
    );
    return s3.send(command, ...options);
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}

/** Reads the body of an answer before the SDK does, and turns an error that came with a 2xx into a 503. */
async function readWhole(s3: S3Client, command: Command, answer: Answer): Promise<void> {
  const { statusCode, body } = answer;
  if (body === undefined || body instanceof Uint8Array || statusCode < 200 || statusCode >= 300) return;
  const bytes = await s3.config.streamCollector(body);
  answer.body = bytes;
  const isAborted = bytes.length === 0 && command instanceof CompleteMultipartUploadCommand;
  if (isAborted || /<\/Error>\s*$/.test(new TextDecoder().decode(bytes.subarray(-16)))) answer.statusCode = 503;
}
