import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBackends, useBackend } from '@nibble-ml/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { trainSmall } from '../../test/trained-run.ts';
import { runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-export-command-'));

/** Runs the command here and returns its exit code and what it printed. */
async function nibble(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err.push(String(text));
    return true;
  });
  const code = await runCli(args);
  log.mockRestore();
  write.mockRestore();
  return { code, out: out.join('\n'), err: err.join('') };
}

describe.skipIf(!testBackends.includes('wasm'))('nibble export', { timeout: 60_000 }, () => {
  let run = '';
  beforeAll(async () => {
    await useBackend('wasm');
    run = await trainSmall(folder, 'mxfp4', {
      model: 'nano',
      steps: 2,
      context: 32,
      characters: 20_000,
      vocabSize: 280,
    });
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a GGUF file into the folder of the run, and says what it wrote', async () => {
    const { code, out } = await nibble('export', run, '--to', 'gguf', '--type', 'mxfp4');
    expect(code).toBe(0);
    const file = join(run, 'model-mxfp4.gguf');
    const [first, second, third] = out.split('\n');
    expect(first).toBe(`wrote ${file}: step 2, mxfp4`);
    expect(second).toBe(
      `${statSync(file).size.toLocaleString('en')} bytes, ${((8 * statSync(file).size) / 41_120).toFixed(2)} bits per weight; tensors: 7 F32, 14 MXFP4`,
    );
    expect(third).toMatch(/^the feed-forward width 88 is filled up with zeros to 96/);
    expect(readdirSync(run).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  it('prints JSON, and takes the checkpoint, the type of the rest and the path that it is given', async () => {
    const file = join(folder, 'other.gguf');
    const flags = ['--type', 'mxfp4', '--rest', 'q8_0', '--step', '2', '--out', file, '--json'];
    const { out } = await nibble('export', run, ...flags);
    expect(JSON.parse(out)).toMatchObject({
      run,
      to: 'gguf',
      file,
      bytes: statSync(file).size,
      step: 2,
      recipe: 'mxfp4',
      types: { F32: 5, MXFP4: 14, Q8_0: 2 },
    });
  });

  it('writes a folder for transformers', async () => {
    const { out } = await nibble('export', run, '--to', 'safetensors', '--type', 'bf16');
    expect(out).toMatch(
      /^wrote .*hugging-face: step 2, mxfp4\n84,\d+ bytes, 16.41 bits per weight; config.json, /,
    );
    expect(existsSync(join(run, 'hugging-face', 'model.safetensors'))).toBe(true);
  });

  it.each<[string[], string]>([
    [['--type', 'q4_0'], '--type must be one of f32, f16, bf16, q8_0, mxfp4, nvfp4, but got "q4_0"'],
    [['--to', 'gguff'], '--to must be one of gguf, safetensors, but got "gguff"; did you mean'],
    [['--to', 'safetensors', '--type', 'mxfp4'], '--type must be one of f32, f16, bf16, but got "mxfp4"'],
    [['--weights', 'masters'], '--weights must be one of quantized, master, but got "masters"'],
    [['--type', 'nvfp4'], "was trained with other codes than NVFP4's under mxfp4"],
    [['--step', '1'], 'must have a checkpoint of step 1'],
  ])('refuses %j in one line, and writes nothing', async (flags, message) => {
    const before = readdirSync(run);
    const { code, err } = await nibble('export', run, ...flags);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(readdirSync(run)).toEqual(before);
  });

  it('is undone by nibble import', async () => {
    const file = join(folder, 'back.gguf');
    await nibble('export', run, '--weights', 'master', '--out', file);
    const { code, out } = await nibble('import', file, '--out', join(folder, 'back'));
    expect(code).toBe(0);
    expect(out).toContain('41,120 parameters');
    const again = await nibble('export', join(folder, 'back'), '--json', '--out', join(folder, 'again.gguf'));
    expect(JSON.parse(again.out)).toMatchObject({ step: 0, recipe: 'f32' });
  });
});
