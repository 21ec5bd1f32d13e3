import { describe, expect, it } from 'vitest';
import { sidebars } from './sidebar.ts';
import { sitePages } from './site-pages.ts';

describe('sidebars', () => {
  it('has a place for every guide, package, decision and page of a paper', () => {
    const text = JSON.stringify(sidebars());
    const routes = sitePages().map(({ route }) => route);
    expect(routes.length).toBeGreaterThan(50);
    for (const route of routes.filter((name) => name !== 'index.md')) {
      expect(text, route).toContain(`"/${route.replace(/\.md$/, '.html')}"`);
    }
  });
});
