import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitText } from '../data/split-text.ts';
import { lockFolder } from '../run/lock-folder.ts';
import { paperText, writePaperText } from './paper-text.ts';
import { writeSummary } from './summary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nibble-paper-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lockFolder', () => {
  it('takes over the lock of a process that has ended, and gives back its own', () => {
    writeFileSync(join(folder, 'lock'), '999999999\n');
    const unlock = lockFolder(folder, 'wait');
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
    unlock();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
  it('refuses a folder where another process trains', () => {
    writeFileSync(join(folder, 'lock'), `${process.ppid}\n`);
    expect(() => lockFolder(folder, 'wait')).toThrow(new RegExp(`process ${process.ppid} trains there`));
  });
});

describe('paperText', () => {
  it('is cut by training where the addresses that are held out begin', () => {
    const text = paperText(folder, false);
    writePaperText(text);
    const { train, validation } = splitText(readFileSync(text.path, 'utf8'), text.validationFraction);
    expect(text.content).toBe(train + validation);
    // The eleventh address in time, of 1800, is the first that is held out.
    expect(validation.slice(0, 80)).toBe(
      'Gentlemen of the Senate and Gentlemen of the House of Representatives: Immediate',
    );
    expect(train).not.toContain(validation.slice(0, 200));
    expect(validation.length / text.content.length).toBeGreaterThan(0.04);
    expect(validation.length / text.content.length).toBeLessThan(0.07);
  });
});

describe('writeSummary', () => {
  it('links stored results between its marks, once', () => {
    const out = join(folder, 'paper');
    mkdirSync(out);
    expect(writeSummary(out)).toBeUndefined();
    const document = join(folder, 'experiments.md');
    writeFileSync(document, 'Introduction.\n');
    expect(writeSummary(out)).toBeUndefined();
    expect(readFileSync(document, 'utf8')).toBe('Introduction.\n');
    const [begin, end] = ['<!-- nibble paper: begin -->', '<!-- nibble paper: end -->'];
    writeFileSync(document, `Introduction.\n\n${begin}\nold\n${end}\n\n## An experiment\n`);
    writeFileSync(join(out, 'speed-model.md'), '# Title\n\n**Result.** Three times as fast.\n');
    expect(writeSummary(out)).toBe(document);
    const once = readFileSync(document, 'utf8');
    expect(once).not.toContain('old');
    expect(once).toMatch(/Introduction\.\n\n<!-- nibble paper: begin -->[\s\S]*end -->\n\n## An experiment/);
    expect(once).toContain(
      '- [Appendix B: the theoretical speed-up](paper/speed-model.md). Three times as fast.',
    );
    writeSummary(out);
    expect(readFileSync(document, 'utf8')).toBe(once);
  });
});
