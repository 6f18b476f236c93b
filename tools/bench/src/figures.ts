/** How tables show a value that may be missing. */
export function show(value: number | undefined, form: (value: number) => string): string {
  return value === undefined ? '' : form(value);
}

export function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

export function whole(value: number): string {
  return Math.round(value).toString();
}
