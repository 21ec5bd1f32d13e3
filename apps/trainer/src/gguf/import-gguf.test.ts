import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { texts } from '../../test/tokenizer-texts.ts';
import { trainSmall } from '../../test/trained-run.ts';
import { readCheckpoint } from '../run/read-checkpoint.ts';
import { openRun } from '../run/run-folder.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { exportGguf } from './export-gguf.ts';
import type { ExportGgufOptions } from './export-gguf.ts';
import { importGguf } from './import-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-import-gguf-'));
let run = '';

describe.skipIf(!testBackends.includes('wasm'))('importGguf', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await useBackend('wasm');
    run = await trainSmall(folder, 'mxfp4', { steps: 2, characters: 20_000, vocabSize: 300 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const roundTrip = (name: string, options: ExportGgufOptions) => {
    const file = join(folder, `${name}.gguf`);
    const out = join(folder, name);
    exportGguf(run, { ...options, out: file });
    return { file, out, imported: importGguf(file, { out }) };
  };
  const weightsOf = (dir: string) => readCheckpoint(dir).tensors;

  it('gives the run back that was exported in F32, bit for bit, tokenizer and shape included', () => {
    const { out, imported } = roundTrip('f32', { type: 'F32', weights: 'master' });
    expect(weightsOf(out)).toEqual(weightsOf(run));
    expect(imported).toMatchObject({ run: out, context: 64, tensors: { F32: 21 } });
    const { modelConfig, config } = openRun(out).record;
    expect(modelConfig).toEqual({ ...openRun(run).record.modelConfig, name: 'micro mxfp4' });
    expect(config.recipe).toBe('f32');
    const read = (dir: string): unknown => JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8'));
    expect(read(out)).toEqual(read(run));
    const [ours, theirs] = [read(run), read(out)].map(loadTokenizer);
    for (const text of texts) expect(theirs!.encode(text)).toEqual(ours!.encode(text));
  });

  it.each<[string, ExportGgufOptions, number]>([
    ['BF16', { type: 'BF16' }, 2 ** -8],
    ['F16', { type: 'F16' }, 2 ** -11],
    ['Q8_0', { type: 'Q8_0' }, 0.01],
    ['codes', { type: 'MXFP4', rest: 'BF16' }, 2 ** -8],
    ['codes made at the export', { type: 'NVFP4', weights: 'master' }, 0.3],
  ])('reads %s, and takes the zeros away that filled up the network', (name, options, bound) => {
    const { out } = roundTrip(name.replaceAll(' ', '-'), options);
    const exact = join(folder, `exact-${options.weights}`);
    const [imported, values] = [weightsOf(out), exactWeights(exact, options)];
    for (const [parameter, { shape, values: wanted }] of values) {
      const found = imported.get(parameter)!;
      expect(found.shape, parameter).toEqual(shape);
      const greatest = (wanted as Float32Array).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = (found.values as Float32Array).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)),
        0,
      );
      expect(worst, parameter).toBeLessThanOrEqual(bound * greatest);
    }
  });

  /** What the forward products take, or the trained weights, through a file in F32. */
  const exactWeights = (out: string, { weights = 'quantized' }: ExportGgufOptions) => {
    const file = `${out}.gguf`;
    exportGguf(run, { type: 'F32', weights, out: file });
    rmSync(out, { recursive: true, force: true });
    importGguf(file, { out });
    return weightsOf(out);
  };

  it('refuses a damaged file by its field, and leaves nothing behind', () => {
    const { file } = roundTrip('damaged', { type: 'F32' });
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 64));
    const out = join(folder, 'nothing');
    expect(() => importGguf(file, { out })).toThrow(/tensor "output.weight" must end within/);
    writeFileSync(file, new Uint8Array(bytes).fill(0xff, bytes.length - 64));
    expect(() => importGguf(file, { out })).toThrow('weights must be finite, but head.weight has a NaN');
    expect(() => readFileSync(join(out, 'config.json'))).toThrow('ENOENT');
  });
});
