/**
 * Creates a numbering of values: the same number for values that have the same JSON.
 *
 * Exploring compares requests, answers and buckets millions of times; their texts are made once for each object.
 */
export function createNumbering<T extends object>(): (value: T) => number {
  const byText = new Map<string, number>();
  const byObject = new WeakMap<T, number>();
  return (value) => {
    const known = byObject.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    const number = byText.get(text) ?? byText.size;
    byText.set(text, number);
    byObject.set(value, number);
    return number;
  };
}
