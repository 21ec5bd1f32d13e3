import { describe, expect, it } from 'vitest';
import { specialIdFields, specialIdsOf } from './special-ids.ts';

describe('specialIdsOf', () => {
  it('takes generation_config.json before config.json before the defaults of LLaMA', () => {
    const config = { bos_token_id: 5, eos_token_id: 6 };
    expect(specialIdsOf(config, { eos_token_id: [7, 8], pad_token_id: 9 }, 10)).toEqual({
      bos: 5,
      eos: [7, 8],
      pad: 9,
    });
    expect(specialIdsOf({}, undefined, 10)).toEqual({ bos: 1, eos: [2], pad: null });
    expect(specialIdsOf({}, undefined, 2)).toEqual({ bos: 1, eos: [], pad: null });
  });

  it('takes null and -1 for none', () => {
    const config = { bos_token_id: null, eos_token_id: null, pad_token_id: -1 };
    expect(specialIdsOf(config, undefined, 10)).toEqual({ bos: null, eos: [], pad: null });
  });

  it.each([10, 1.5, -2, '<s>', [[1]]])('refuses %j', (value) => {
    expect(() => specialIdsOf({ eos_token_id: value }, undefined, 10)).toThrow(
      `specialIdsOf: eos_token_id must be an id below 10, a list of ids or null, but is ${JSON.stringify(value)}`,
    );
  });
});

describe('specialIdFields', () => {
  it('is read back', () => {
    for (const ids of [
      { bos: 1, eos: [2], pad: null },
      { bos: null, eos: [], pad: 3 },
      { bos: 0, eos: [4, 5], pad: 0 },
    ]) {
      expect(specialIdsOf({}, specialIdFields(ids), 10)).toEqual(ids);
    }
  });
});
