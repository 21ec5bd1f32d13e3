/** A text in two contiguous parts; `train + validation` is the text. */
export interface TextSplit {
  /** The first part. */
  train: string;
  /** The last part. */
  validation: string;
}

/**
 * Splits a text into a training part and, after it, a validation part of about the fraction asked for. The cut is the
 * end of a paragraph where one lies near, else the end of a line, else of a character. Near means within a tenth of
 * the smaller part, so the fraction is kept to 10 %.
 *
 * Contiguous, because a shuffled split would put neighbours of every validation sentence into training.
 *
 * @param text - At least two characters.
 * @param validationFraction - Share of the text to validate on, above 0 and below 1.
 * @throws RangeError when the fraction is out of range or the text is too short to cut.
 */
export function splitText(text: string, validationFraction: number): TextSplit {
  if (!(validationFraction > 0 && validationFraction < 1)) {
    throw new RangeError(
      `splitText: validationFraction must be above 0 and below 1, but got ${validationFraction}`,
    );
  }
  const target = Math.min(text.length - 1, Math.max(1, Math.round(text.length * (1 - validationFraction))));
  const reach = Math.floor(Math.min(target, text.length - target) / 10);
  const cut =
    nearestEnd(text, /\r?\n(?:\r?\n)+/g, target, reach) ??
    nearestEnd(text, /\r?\n/g, target, reach) ??
    endOfCharacter(text, target);
  if (cut <= 0 || cut >= text.length) {
    throw new RangeError(
      `splitText: the text must have at least 2 characters, but it has ${[...text].length}`,
    );
  }
  return { train: text.slice(0, cut), validation: text.slice(cut) };
}

/** The end of the match nearest to `target`, within `reach` of it. */
function nearestEnd(text: string, pattern: RegExp, target: number, reach: number): number | undefined {
  const from = Math.max(0, target - reach);
  const window = text.slice(from, target + reach);
  let nearest: number | undefined;
  for (const match of window.matchAll(pattern)) {
    const end = from + match.index + match[0].length;
    if (nearest === undefined || Math.abs(end - target) < Math.abs(nearest - target)) nearest = end;
  }
  return nearest;
}

/** `index`, moved past the second half of a surrogate pair, or before the pair where the text ends with it. */
function endOfCharacter(text: string, index: number): number {
  const inPair = /[\uD800-\uDBFF]/.test(text[index - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[index] ?? '');
  if (!inPair) return index;
  return index + 1 < text.length ? index + 1 : index - 1;
}
