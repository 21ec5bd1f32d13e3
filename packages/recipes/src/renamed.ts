/** A recipe's name with a suffix of a kind: the one that was there before is replaced. */
export function renamed(name: string, kind: RegExp, suffix: string): string {
  const [base, ...suffixes] = name.split('-');
  return [base, ...suffixes.filter((part) => !kind.test(part)), suffix].join('-');
}
