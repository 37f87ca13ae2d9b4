import type { Stack } from "./stack.ts";

/** A grant as `/url` returns it in JSON. */
export interface IssuedGrant {
  readonly id: string;
  readonly url: string;
  readonly method: "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string;
  readonly expiresAt: string;
}

/** Asks for a grant; anything but one fails the test. */
export async function requestGrant(
  { local }: Stack,
  query = "",
  headers: Record<string, string> = {},
): Promise<IssuedGrant> {
  const answer = await fetch(`${local.baseUrl}/url?${query}`, { headers: { accept: "application/json", ...headers } });
  if (answer.status !== 200) throw new Error(`no grant for ${query}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as IssuedGrant;
}
