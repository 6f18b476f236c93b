const SECRET = /(?:^|_)(?:api)?(?:keys?|tokens?|password|passwd|pwd|secrets?|credentials?)(?:_|\d|$)/i;

/** Whether a name looks like a secret's: KEY, TOKEN, PASSWORD ... as a word of it, or in camel case. */
export function looksSecret(name: string): boolean {
  return SECRET.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_'));
}
