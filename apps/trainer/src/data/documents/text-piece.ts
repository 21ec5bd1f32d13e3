/** A document, or a part of one that is too long to be held whole. */
export interface TextPiece {
  /** The text. Every piece but the first of a document begins with a space where one can be found. */
  readonly text: string;
  /** Begins a document. */
  readonly first: boolean;
  /** Ends it. */
  readonly last: boolean;
}

/** Characters from which on a document is cut, at the next space. */
const pieceLength: number = 2 ** 18;

/** Characters at which it is cut where there is no space. */
const longestPiece: number = 2 ** 20;

/** Cuts the text of documents, as it comes, into pieces. */
export interface PieceCutter {
  /** Takes the next characters of the document, and returns the pieces that are complete. */
  push(text: string): TextPiece[];
  /** Ends the document and returns its last piece; none when the document is empty. */
  end(): TextPiece[];
}

/**
 * Returns a cutter of long documents. A cut is a function of the document alone, not of how it was read: the first
 * space, after something that is no space, at or after `length` characters. No tokenizer in use has tokens across
 * such a place, so that the ids are those of the whole document. In text without spaces a piece ends after the last
 * line within `longest` characters, else after the last character, which may cost one merge.
 *
 * @param length - Characters from which on a space is looked for.
 * @param longest - Characters of a piece at most.
 */
export function createPieceCutter(length: number = pieceLength, longest: number = longestPiece): PieceCutter {
  let held = '';
  let first = true;
  const take = (end: number, last: boolean): TextPiece => {
    const piece = { text: held.slice(0, end), first, last };
    held = held.slice(end);
    first = last;
    return piece;
  };
  return {
    push(text) {
      held += text;
      const pieces: TextPiece[] = [];
      // One more character than the longest piece: whether a pair is cut shows only then.
      for (;;) {
        const cut = placeToCut(held, length, longest);
        if (cut === undefined) return pieces;
        pieces.push(take(cut, false));
      }
    },
    end() {
      if (held === '' && first) return [];
      return [take(held.length, true)];
    },
  };
}

function placeToCut(text: string, length: number, longest: number): number | undefined {
  if (text.length <= length) return undefined;
  for (let at = text.indexOf(' ', length); at >= 0 && at <= longest; at = text.indexOf(' ', at + 1)) {
    if (!/\s/.test(text[at - 1]!)) return at;
  }
  if (text.length <= longest) return undefined;
  const line = text.lastIndexOf('\n', longest - 1) + 1;
  if (line > length) return line;
  return /[\uD800-\uDBFF]/.test(text[longest - 1]!) ? longest - 1 : longest;
}
