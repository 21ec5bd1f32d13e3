import { z } from 'zod';
import type { Component } from './tokenizer-file.ts';

/** Ids that a tokenizer puts around a text when asked for special tokens. */
export interface TemplateIds {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const none: TemplateIds = { before: [], after: [] };
const templateSchema = z.looseObject({
  single: z.array(
    z.union([
      z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) }),
      z.looseObject({ Sequence: z.looseObject({}) }),
    ]),
  ),
  special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(z.int().min(0)) })),
});
const sequenceSchema = z.looseObject({ processors: z.array(z.looseObject({ type: z.string() })) });

/**
 * Returns what a `tokenizer.json` puts around a text, such as the token that begins one.
 *
 * @param postProcessor - Its `post_processor`.
 * @throws RangeError when a template cannot be read, or is of another kind.
 */
export function templateIds(postProcessor: Component): TemplateIds {
  if (postProcessor === null || postProcessor === undefined || postProcessor.type === 'ByteLevel')
    return none;
  try {
    if (postProcessor.type === 'Sequence') {
      // Byte-level parts add nothing; there is one template at most.
      const parts = sequenceSchema.parse(postProcessor).processors.map(templateIds);
      return {
        before: parts.flatMap(({ before }) => before),
        after: parts.flatMap(({ after }) => after),
      };
    }
    if (postProcessor.type === 'TemplateProcessing') {
      const { single, special_tokens: special } = templateSchema.parse(postProcessor);
      const at = single.findIndex((item) => 'Sequence' in item);
      const idsOf = (items: typeof single): number[] =>
        items.flatMap((item) =>
          'SpecialToken' in item
            ? (special[(item as { SpecialToken: { id: string } }).SpecialToken.id]?.ids ?? [])
            : [],
        );
      return { before: idsOf(single.slice(0, at)), after: idsOf(single.slice(at + 1)) };
    }
  } catch (cause) {
    throw new RangeError(
      `loadTokenizer: the post_processor ${postProcessor.type} of the tokenizer.json cannot be read`,
      {
        cause,
      },
    );
  }
  throw new RangeError(
    `loadTokenizer: the post_processor must be ByteLevel, TemplateProcessing or a Sequence of these, but got ${JSON.stringify(postProcessor.type)}`,
  );
}
