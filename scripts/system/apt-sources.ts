/** A package source of apt, in the words of deb822: field names to values, which may go over several lines. */
export type AptSource = Readonly<Record<string, string>>;

/**
 * Reads apt's sources in either notation: deb822 stanzas (`.sources`) or one line each (`.list`). Sources that are
 * switched off are left out.
 */
export function parseAptSources(text: string, notation: 'deb822' | 'one-line'): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const sources = notation === 'deb822' ? parseStanzas(lines) : lines.flatMap(parseLine);
  return sources.filter((source) => source['Enabled'] !== 'no');
}

/** The fields that one-line options set, where their deb822 names differ by more than capitals. */
const optionNames: Readonly<Record<string, string>> = {
  arch: 'Architectures',
  lang: 'Languages',
  target: 'Targets',
};

function parseLine(line: string): AptSource[] {
  const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
  if (match === null) return [];
  const [, type, options = '', uri, suite, components] = match as unknown as [
    string,
    string,
    string?,
    ...string[],
  ];
  const source: Record<string, string> = {};
  for (const option of options.trim().split(/\s+/)) {
    const [name = '', value] = option.split(/=(.*)/s);
    if (value === undefined) continue;
    const field = optionNames[name] ?? name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
    source[field] = value.replaceAll(',', ' ');
  }
  return [{ ...source, Types: type, URIs: uri!, Suites: suite!, Components: components!.trim() }];
}

function parseStanzas(lines: readonly string[]): AptSource[] {
  const stanzas: Record<string, string>[] = [{}];
  let field = '';
  for (const line of lines) {
    const match = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(line);
    if (line.trim() === '') {
      stanzas.push({});
    } else if (match !== null) {
      field = match[1]!;
      stanzas.at(-1)![field] = match[2]!;
    } else if (field !== '') {
      stanzas.at(-1)![field] += `\n${line}`;
    }
  }
  return stanzas.filter((stanza) => stanza['URIs'] !== undefined);
}

/**
 * The source of `suite`'s backports, on the mirror and with the keys that the machine already uses for `suite`;
 * undefined when no binary source of `suite` is among `sources`.
 */
export function backportsSource(sources: readonly AptSource[], suite: string): AptSource | undefined {
  const base = sources.find(({ Types = '', Suites = '', Components = '' }) =>
    [
      Types.split(/\s+/).includes('deb'),
      Suites.split(/\s+/).includes(suite),
      Components.split(/\s+/).includes('main'),
    ].every(Boolean),
  );
  return base === undefined
    ? undefined
    : { ...base, Types: 'deb', Suites: `${suite}-backports`, Components: 'main' };
}

/** Writes a source as a deb822 stanza. */
export function formatAptSource(source: AptSource): string {
  return Object.entries(source)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');
}
