/** Colours of the palette. */
const COLORS = 6;

/** The first place of the palette that is not taken; with all of them taken, the first of those taken least often. */
export function lowestFreeColor(taken: readonly number[]): number {
  const counts = Array.from({ length: COLORS }, (_, color) => taken.filter((one) => one === color).length);
  return counts.indexOf(Math.min(...counts));
}
