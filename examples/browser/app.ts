import { upload, UploadError } from "@presign-once/client";

const endpoint = "http://127.0.0.1:8080/url";

const input = document.querySelector("input")!;
const bar = document.querySelector("progress")!;
const again = document.querySelector("button")!;
const output = document.querySelector("output")!;

async function send(): Promise<void> {
  const file = input.files?.[0];
  if (file === undefined) return;
  again.hidden = true;
  output.value = "";
  try {
    const { key } = await upload(file, {
      endpoint,
      onProgress: ({ sentBytes, totalBytes }) => (bar.value = sentBytes / totalBytes),
    });
    output.value = `stored as ${key}`;
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    output.value = error.message;
    again.hidden = false; // with another URL: this one may be used up
  }
}

input.addEventListener("change", () => void send());
again.addEventListener("click", () => void send());
