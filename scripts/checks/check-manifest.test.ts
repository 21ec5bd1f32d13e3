import { describe, expect, it } from 'vitest';
import type { Manifest } from '../workspaces.ts';
import { checkManifest } from './check-manifest.ts';

const good: Manifest = {
  name: '@nibble-ml/thing',
  version: '0.1.0',
  description: 'Does one thing with numbers',
  license: 'MIT',
  type: 'module',
  repository: { directory: 'packages/thing' },
  engines: { node: '>=20.19' },
  files: ['dist'],
  sideEffects: false,
  exports: {
    '.': { '@nibble-ml/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  publishConfig: { access: 'public' },
};

function check(change: Partial<Manifest>): string[] {
  return checkManifest({ folder: 'packages/thing', manifest: { ...good, ...change } });
}

describe('checkManifest', () => {
  it('accepts a full package.json', () => {
    expect(check({})).toEqual([]);
  });
  it.each<[string, Partial<Manifest>]>([
    ['name', { name: '@nibble-ml/other' }],
    ['description', { description: 'short' }],
    ['type', { type: 'commonjs' }],
    ['no main', { main: 'dist/index.js' }],
    ['repository', { repository: { directory: 'packages/other' } }],
    ['engines', { engines: { node: '>=18' } }],
    ['files has dist', { files: ['src'] }],
    ['publishConfig', { publishConfig: { access: 'restricted' } }],
    ['exports has "."', { exports: { './package.json': './package.json' } }],
    [
      'in this order',
      { exports: { ...good.exports, './sub': { default: './dist/sub.js', types: './dist/sub.d.ts' } } },
    ],
    ['expected a peer', { dependencies: { '@tensorflow/tfjs-core': '4.22.0' } }],
  ])('finds what is wrong: %s', (what, change) => {
    expect(check(change)).toEqual([expect.stringContaining(what)]);
  });
  it('finds a missing sideEffects', () => {
    const { sideEffects: _, ...manifest } = good;
    expect(checkManifest({ folder: 'packages/thing', manifest })).toEqual([
      expect.stringContaining('sideEffects'),
    ]);
  });
});
