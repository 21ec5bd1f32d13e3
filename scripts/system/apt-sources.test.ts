import { describe, expect, it } from 'vitest';
import { backportsSource, formatAptSource, parseAptSources } from './apt-sources.ts';

const deb822 = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
`;

describe('parseAptSources', () => {
  it('reads deb822 stanzas and leaves out those that are off', () => {
    const sources = parseAptSources(deb822, 'deb822');
    expect(sources.map((source) => source['Suites'])).toEqual([
      'bookworm bookworm-updates',
      'bookworm-security',
    ]);
  });
  it('keeps a key that is written out over several lines', () => {
    const text = 'Types: deb\nURIs: u\nSuites: s\nComponents: main\nSigned-By:\n -----BEGIN-----\n .\n abc\n';
    const [source] = parseAptSources(text, 'deb822');
    expect(source!['Signed-By']).toBe('\n -----BEGIN-----\n .\n abc');
    expect(formatAptSource(source!)).toBe(text.replace('Signed-By:\n', 'Signed-By: \n'));
  });
  it('reads one-line entries with their options', () => {
    const text = `# deb http://off.example/debian bookworm main
deb [arch=amd64,arm64 signed-by=/k.gpg trusted=yes check-valid-until=no] http://mirror.example/debian bookworm main non-free # note
deb-src http://mirror.example/debian bookworm main
`;
    expect(parseAptSources(text, 'one-line')).toEqual([
      {
        Architectures: 'amd64 arm64',
        'Signed-By': '/k.gpg',
        Trusted: 'yes',
        'Check-Valid-Until': 'no',
        Types: 'deb',
        URIs: 'http://mirror.example/debian',
        Suites: 'bookworm',
        Components: 'main non-free',
      },
      { Types: 'deb-src', URIs: 'http://mirror.example/debian', Suites: 'bookworm', Components: 'main' },
    ]);
  });
});

describe('backportsSource', () => {
  it('is on the mirror and with the keys of the release itself', () => {
    const source = backportsSource(parseAptSources(deb822, 'deb822'), 'bookworm');
    expect(formatAptSource(source!)).toBe(`Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
  });
  it('is undefined where the release has no binary source', () => {
    expect(backportsSource(parseAptSources(deb822, 'deb822'), 'trixie')).toBeUndefined();
    const sources = parseAptSources('deb-src http://mirror.example/debian bookworm main', 'one-line');
    expect(backportsSource(sources, 'bookworm')).toBeUndefined();
  });
});
