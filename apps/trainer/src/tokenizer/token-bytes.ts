import { tokenToBytes } from './byte-alphabet.ts';
import type { Component } from './tokenizer-file.ts';

const encoder = new TextEncoder();

/** How tokens are spelt: in the byte alphabet of GPT-2, or as text with ▁ for a space, as SentencePiece does. */
export type Spelling = 'byte-level' | 'metaspace';

/**
 * Returns the spelling that a decoder undoes.
 *
 * @param decoder - The `decoder` of a `tokenizer.json`.
 * @throws RangeError when it is of another kind.
 */
export function spellingOf(decoder: Component): Spelling {
  const types = componentTypes(decoder);
  if (types.includes('ByteLevel')) return 'byte-level';
  if (types.includes('Metaspace') || types.includes('ByteFallback') || types.includes('Replace'))
    return 'metaspace';
  throw new RangeError(
    `loadTokenizer: the decoder must be ByteLevel, Metaspace or a Sequence with ByteFallback, but got ${types.join(', ') || 'none'}`,
  );
}

/** The types of a component and, for a sequence, of its parts. */
export function componentTypes(component: Component): string[] {
  if (component === null || component === undefined) return [];
  const parts = (component['decoders'] ??
    component['normalizers'] ??
    component['pretokenizers']) as Component[];
  return component.type === 'Sequence' && Array.isArray(parts)
    ? parts.flatMap(componentTypes)
    : [component.type];
}

/**
 * Returns the bytes of text that a token of the model stands for.
 *
 * @throws RangeError when a byte-level token holds a character outside the alphabet.
 */
export function bytesOfToken(token: string, spelling: Spelling): Uint8Array {
  if (spelling === 'byte-level') return tokenToBytes(token);
  const byte = /^<0x([\dA-Fa-f]{2})>$/.exec(token)?.[1];
  return byte === undefined ? encoder.encode(token.replaceAll('▁', ' ')) : Uint8Array.of(parseInt(byte, 16));
}
