import type { Page } from "playwright-core";

/**
 * Lets another client use the first URL that a page is granted, before the page can.
 *
 * @returns the keys that were granted so far; the first one's object is the other client's
 */
export async function spoilFirstUrl(page: Page): Promise<readonly string[]> {
  const keys: string[] = [];
  await page.route(
    ({ pathname }) => pathname === "/url",
    async (route) => {
      const response = await route.fetch();
      const grant = (await response.json()) as { url: string; key: string; headers: Record<string, string> };
      const bytes = new URL(route.request().url()).searchParams.get("content-length");
      if (keys.push(grant.key) === 1) {
        const { status } = await fetch(grant.url, {
          method: "PUT",
          headers: grant.headers,
          body: "x".repeat(Number(bytes)),
        });
        if (status !== 200) throw new Error(`the other client got ${status}`);
      }
      await route.fulfill({ response });
    },
  );
  return keys;
}
