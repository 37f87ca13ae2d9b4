import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type DebianProgram, installFromDebian } from "../servers/debian-install.ts";
import { startBrowser } from "./start-browser.ts";

/** How Debian's Firefox is installed and recognised. */
export const firefoxPackage: DebianProgram = { packages: ["firefox-esr"], probe: ["firefox-esr", "--version"] };
/** Starts a Firefox without a window. */
export const firefoxCommand = (profile: string, ...args: readonly string[]): readonly string[] => [
  "firefox-esr",
  ...["--headless", "--no-remote", "--profile", profile],
  ...args,
];

/** One page in a Firefox without a window. */
export interface FirefoxPage {
  open(url: string): Promise<void>;
  /** Runs an expression in the page. @returns the value that it, or its promise, comes to, by way of JSON */
  evaluate<T>(expression: string): Promise<T>;
  /** As `evaluate`, with the rights of the browser's own windows: for what a person does there. */
  evaluateInBrowser<T>(expression: string): Promise<T>;
  /** All tabs in their order: this page's, and those that it opened. */
  tabs(): Promise<readonly { readonly url: string; evaluate: FirefoxPage["evaluate"] }[]>;
  /** Chooses a file of the disk in `<input type="file">`. @param selector  of the input */
  setInputFile(selector: string, path: string): Promise<void>;
  /** Lets the page save what it downloads into a folder. */
  saveTo(folder: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts Debian's Firefox and talks to it over WebDriver BiDi.
 *
 * Source: https://www.w3.org/TR/webdriver-bidi/
 *
 * @param preferences  as in `about:config`; default: Firefox's own
 */
export async function launchFirefox(
  preferences: Readonly<Record<string, boolean | string>> = {},
): Promise<FirefoxPage> {
  await installFromDebian(firefoxPackage, (line) => console.log(line));
  const lines = Object.entries(preferences).map(
    (preference) => `user_pref(${JSON.stringify(preference).slice(1, -1)});\n`,
  );
  const start = (profile: string): readonly string[] => {
    writeFileSync(join(profile, "user.js"), lines.join(""));
    return firefoxCommand(profile, "--remote-debugging-port", "0", "--remote-allow-system-access");
  };
  const browser = await startBrowser(start, { stdio: ["ignore", "ignore", "pipe"] });
  const socket = new WebSocket(`${await listeningAt()}/session`);
  await once(socket, "open");
  let lastId = 0;
  const send = <T>(method: string, params: object): Promise<T> => {
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const read = ({ data }: MessageEvent): void => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: T; message?: string };
      if (answer.id !== id) return;
      socket.removeEventListener("message", read);
      if (answer.result !== undefined) resolve(answer.result);
      else reject(new Error(`${method}: ${answer.message}`));
    };
    socket.addEventListener("message", read);
    socket.send(JSON.stringify({ id, method, params }));
    return promise;
  };
  await send("session.new", { capabilities: {} });
  type Tab = { readonly context: string; readonly url: string };
  const readTabs = async () => (await send<{ contexts: Tab[] }>("browsingContext.getTree", {})).contexts;
  const { context } = (await readTabs())[0]!;
  const run = async (expression: string, tab = context): Promise<{ value?: string; sharedId?: string }> => {
    const { result, exceptionDetails } = await send<{
      result?: { value?: string; sharedId?: string };
      exceptionDetails?: { text: string };
    }>("script.evaluate", { expression, awaitPromise: true, target: { context: tab } });
    if (result === undefined) throw new Error(exceptionDetails?.text);
    return result;
  };

  async function evaluate<T>(expression: string, tab?: string): Promise<T> {
    const { value } = await run(`(async () => JSON.stringify({ value: await (${expression}) }))()`, tab);
    return JSON.parse(value!).value;
  }

  return {
    open: (url) => send("browsingContext.navigate", { context, url, wait: "complete" }),
    evaluate: (expression) => evaluate(expression),
    tabs: async () =>
      (await readTabs()).map((tab) => ({ url: tab.url, evaluate: (expression) => evaluate(expression, tab.context) })),
    async evaluateInBrowser(expression) {
      const { contexts } = await send<{ contexts: Tab[] }>("browsingContext.getTree", { "moz:scope": "chrome" });
      return evaluate(expression, contexts[0]?.context);
    },
    async setInputFile(selector, path) {
      const { sharedId } = await run(`document.querySelector(${JSON.stringify(selector)})`);
      await send("input.setFiles", { context, element: { sharedId }, files: [path] });
    },
    saveTo: (destinationFolder) =>
      send("browser.setDownloadBehavior", { downloadBehavior: { type: "allowed", destinationFolder } }),
    async close() {
      socket.close();
      await browser.stop();
    },
  };

  async function listeningAt(): Promise<string> {
    const stderr = browser.child.stderr!;
    for await (const line of createInterface(stderr)) {
      const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (url !== undefined) {
        stderr.resume(); // nothing reads the rest, and a full pipe would stop Firefox
        return url;
      }
    }
    throw new Error("Firefox ended before it listened.");
  }
}
