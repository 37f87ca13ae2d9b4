import { CHROMIUM, chromiumPackage } from "../browser/chromium-install.ts";
import { chromiumArguments } from "../browser/launch-chromium.ts";
import { firefoxCommand, firefoxPackage } from "../browser/launch-firefox.ts";
import type { DebianProgram } from "../servers/debian-install.ts";

/** Where a client comes from, and how what is there is recognised. */
export type Source =
  /** From Debian, in its current version, which `probe` prints. */
  | ({ readonly kind: "debian" } & DebianProgram)
  /** From a registry, in this version. */
  | { readonly kind: "npm" | "pip"; readonly name: string; readonly version: string }
  /** What runs this suite. */
  | { readonly kind: "node" };

/** How a client is given a job. */
export type Driver =
  /** A process for each job. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** A page in a browser that stays open. */
  | { readonly kind: "browser"; readonly command: (profile: string, url: string) => readonly string[] };

/** One row of the suite. */
export interface ClientRow {
  readonly name: string;
  readonly source: Source;
  readonly driver: Driver;
  /** What the client has no function of its own for, and why. */
  readonly without?: Readonly<Partial<Record<"form" | "name", string>>>;
}

const node = (module: string): Driver => ({ kind: "command", command: ["node", `${module}.mjs`] });
const python = (module: string): Driver => ({ kind: "command", command: ["../venv/bin/python", "run.py", module] });
const shell = (script: string): Driver => ({ kind: "command", command: ["sh", script] });
const java = (file: string): Driver => ({ kind: "command", command: ["java", file] });
const jdk: Source = { kind: "debian", packages: ["openjdk-17-jdk-headless"], probe: ["javac", "--version"] };
const noForm = { form: "it has no form of its own" };
const binding = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2 as w";
const webkitVersion = `${binding}; print(w.get_major_version(), w.get_minor_version(), w.get_micro_version(), sep='.')`;

/** Every client of the suite. The files of its driver are in `drivers/`. */
export const clients: readonly ClientRow[] = [
  {
    name: "curl",
    source: { kind: "debian", packages: ["curl"], probe: ["curl", "--version"] },
    driver: shell("with-curl.sh"),
  },
  {
    name: "wget",
    source: { kind: "debian", packages: ["wget"], probe: ["wget", "--version"] },
    driver: shell("with-wget.sh"),
    without: { ...noForm, name: "it has no function that encodes a query" },
  },
  {
    name: "requests",
    source: { kind: "pip", name: "requests", version: "2.34.2" },
    driver: python("with_requests"),
  },
  {
    name: "urllib3",
    source: { kind: "pip", name: "urllib3", version: "2.8.0" },
    driver: python("with_urllib3"),
  },
  {
    name: "httpx",
    source: { kind: "pip", name: "httpx", version: "0.28.1" },
    driver: python("with_httpx"),
  },
  {
    name: "axios",
    source: { kind: "npm", name: "axios", version: "1.21.1" },
    driver: node("with-axios"),
  },
  {
    name: "got",
    source: { kind: "npm", name: "got", version: "16.1.0" },
    driver: node("with-got"),
  },
  {
    name: "ky",
    source: { kind: "npm", name: "ky", version: "2.1.0" },
    driver: node("with-ky"),
  },
  {
    name: "undici, RetryAgent",
    source: { kind: "npm", name: "undici", version: "8.13.1" },
    driver: node("with-undici"),
  },
  {
    name: "superagent, retry(2)",
    source: { kind: "npm", name: "superagent", version: "10.4.2" },
    driver: node("with-superagent"),
  },
  {
    name: "node-fetch",
    source: { kind: "npm", name: "node-fetch", version: "3.3.2" },
    driver: node("with-node-fetch"),
  },
  {
    name: "fetch of Node",
    source: { kind: "node" },
    driver: node("with-fetch"),
  },
  {
    name: "java.net.http.HttpClient",
    source: jdk,
    driver: java("WithHttpClient.java"),
    without: noForm,
  },
  {
    name: "HttpURLConnection",
    source: jdk,
    driver: java("WithHttpUrlConnection.java"),
    without: noForm,
  },
  {
    name: "Chromium, fetch",
    source: { kind: "debian", ...chromiumPackage },
    driver: {
      kind: "browser",
      command: (profile, url) => [CHROMIUM, ...chromiumArguments, "--headless=new", `--user-data-dir=${profile}`, url],
    },
  },
  {
    name: "Firefox, fetch",
    source: { kind: "debian", ...firefoxPackage },
    driver: { kind: "browser", command: firefoxCommand },
  },
  {
    name: "WebKitGTK, fetch",
    source: {
      kind: "debian",
      packages: ["gir1.2-webkit2-4.1", "python3-gi", "xvfb", "xauth"],
      probe: ["/usr/bin/xvfb-run", "-a", "/usr/bin/python3", "-c", webkitVersion],
    },
    driver: { kind: "browser", command: (_, url) => ["xvfb-run", "-a", "/usr/bin/python3", "webkit.py", url] },
  },
];
