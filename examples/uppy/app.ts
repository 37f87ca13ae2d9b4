import { requestGrant } from "@presign-once/client";
import AwsS3, { type AwsBody } from "@uppy/aws-s3";
import { type Meta, Uppy } from "@uppy/core";

const endpoint = "http://127.0.0.1:8080/url";

const uppy = new Uppy<Meta, AwsBody>({ autoProceed: true });
uppy.use(AwsS3, {
  shouldUseMultipart: false, // a URL is for one PUT
  // Called before each upload and each retry: each gets another URL, bound to this file.
  async signRequest({ key: id }) {
    const { url, headers, key, retries } = await requestGrant(uppy.getFile(id).data as Blob, { endpoint });
    // Uppy sends a request whose answer was lost again. An endpoint that offers retries takes it from the same client.
    const secret = retries && { "x-presign-once-client": crypto.randomUUID() };
    return { url, key, headers: { ...headers, ...secret } };
  },
  generateObjectKey: ({ id }) => id, // says which file signRequest is called for; the grant has the key
});

const input = document.querySelector("input")!;
const output = document.querySelector("output")!;
input.addEventListener("change", () => {
  uppy.addFiles([...(input.files ?? [])].map((data) => ({ data, name: data.name, type: data.type })));
});
document.querySelector("button")!.addEventListener("click", () => void uppy.retryAll());
uppy.on("progress", (percent) => (document.querySelector("progress")!.value = percent));
uppy.on("upload-success", (_, { body }) => (output.value = `stored as ${body?.key}`));
uppy.on("upload-error", (_, { message }) => (output.value = message));
