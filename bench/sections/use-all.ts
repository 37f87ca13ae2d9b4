import type { Upload } from "../contenders/contender.ts";

/**
 * Uses URLs one after the other, each for the first time.
 *
 * @throws when one is refused, since a refusal costs something else than what is measured
 */
export async function useAll(name: string, uploads: readonly Upload[]): Promise<void> {
  for (const upload of uploads) if (!(await upload())) throw new Error(`${name}: a first use was refused`);
}
