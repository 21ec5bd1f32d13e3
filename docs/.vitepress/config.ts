import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { repositoryUrl } from '../../scripts/docs/folders.ts';
import { sidebars } from '../../scripts/docs/sidebar.ts';

// The pages are those that scripts/docs.ts has written to docs/.pages; `npm run docs` does both.
export default defineConfig({
  title: 'Nibble',
  description:
    'Train LLaMA models in 4-bit floating point on any GPU that WebGPU reaches, from TypeScript, in Node and in the browser.',
  lang: 'en',
  srcDir: '.pages',
  outDir: 'site',
  cacheDir: '.pages/.cache',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // Anchors are those that GitHub gives the same headings, so that links with one hold in both places.
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    languageAlias: { wgsl: 'rust' },
  },
  vite: { build: { chunkSizeWarningLimit: 3000 } },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/guides/train-your-own-text.html' },
      { text: 'Packages', link: '/packages/fp4-format.html', activeMatch: '/packages/' },
      { text: 'Results', link: '/results/reproducing.html', activeMatch: '/(results|paper)/' },
      { text: 'Design', link: '/architecture.html', activeMatch: '/(architecture|decisions)' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    sidebar: sidebars(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repositoryUrl }],
    footer: { message: 'MIT licence. No request leaves this site but those you click.' },
  },
});
