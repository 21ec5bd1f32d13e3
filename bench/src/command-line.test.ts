import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  it('reads an operation and takes every backend by default', () => {
    expect(parseCommandLine(['gemm'])).toEqual({
      op: 'gemm',
      backends: ['wasm', 'webgpu'],
      json: undefined,
      rounds: undefined,
      quick: false,
      help: false,
    });
  });

  it('reads flags in any place', () => {
    expect(
      parseCommandLine(['--quick', 'step', '--rounds', '3', '--backend', 'wasm', '--json=out.json']),
    ).toEqual({
      op: 'step',
      backends: ['wasm'],
      json: 'out.json',
      rounds: 3,
      quick: true,
      help: false,
    });
  });

  it('takes no backend for quantize', () => {
    expect(parseCommandLine(['quantize', '--quick']).backends).toEqual([]);
    expect(parseCommandLine(['tiles']).backends).toEqual([]);
    expect(() => parseCommandLine(['quantize', '--backend', 'wasm'])).toThrow(
      "bench: quantize must come without --backend, but got 'wasm'",
    );
  });

  it('counts memory on webgpu', () => {
    expect(parseCommandLine(['memory']).backends).toEqual(['webgpu']);
  });

  it('samples on wasm', () => {
    expect(parseCommandLine(['sample']).backends).toEqual(['wasm']);
  });

  it.each([
    [['sample', '--backend', 'all'], "bench: sample must have --backend wasm or none, but got 'all'"],
    [
      [],
      "bench: the operation must be gemm, step, memory, sample, quantize, tiles, fit, but got ''; see --help",
    ],
    [
      ['fits'],
      "bench: the operation must be gemm, step, memory, sample, quantize, tiles, fit, but got 'fits'; see --help",
    ],
    [['gemm', 'step'], "bench: there must be one operation, but got also 'step'"],
    [['gemm', '--backend', 'cpu'], "bench: --backend must be wasm, webgpu, all, but got 'cpu'"],
    [
      ['memory', '--backend', 'wasm'],
      "bench: memory must have --backend webgpu or none, as it counts GPU buffers, but got 'wasm'",
    ],
    [['gemm', '--rounds', '0'], "bench: --rounds must be an integer from 1 to 10000, but got '0'"],
    [['gemm', '--rounds', 'x'], "bench: --rounds must be an integer from 1 to 10000, but got 'x'"],
  ])('refuses %o', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(new RangeError(message));
  });

  it('refuses unknown flags and flags without a value', () => {
    expect(() => parseCommandLine(['gemm', '--fast'])).toThrow(/^bench: Unknown option '--fast'/);
    expect(() => parseCommandLine(['gemm', '--json'])).toThrow(/^bench: .*--json/);
  });

  it('needs no operation to show help', () => {
    expect(parseCommandLine(['--help']).help).toBe(true);
  });
});
