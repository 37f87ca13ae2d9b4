/** A handler that does nothing: what a process costs that does not know what it is for. */
export async function handler(): Promise<boolean> {
  return true;
}
