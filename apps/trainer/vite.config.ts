// Builds the page of `nibble lab` from the sources into dist/web, as static files that any server can serve.
import path from 'node:path';
import { defineConfig } from 'vite';
import { metaPolicy } from './src/lab/content-security-policy.ts';

const folder = import.meta.dirname;

export default defineConfig({
  root: path.join(folder, 'web'),
  // Relative addresses: the page works in any folder of a server.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  resolve: { conditions: ['@nibble-ml/source', 'module', 'browser', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: path.join(folder, 'dist', 'web'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy allows no data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What is loaded when the page opens is measured by a test; this is about what comes later.
    chunkSizeWarningLimit: 4096,
    // On a busy machine the bundler remarks on how long plugins take.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [
    {
      name: 'content-security-policy',
      apply: 'build',
      transformIndexHtml: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy },
          injectTo: 'head-prepend',
        },
      ],
    },
  ],
});
