// What can go wrong in the lab's worker, in a headless Chromium.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ownText } from './own-text.ts';
import { refusal, request, start, startOne, untilState, untilStep } from './tab.ts';
import { long, settings, skip, useEngine } from './use-engine.ts';

/** Writes over the middle of a file of a run. */
async function tear(page: Page, run: string, name: string): Promise<void> {
  await page.evaluate(
    async ([id, file]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await (await root.getDirectoryHandle('runs')).getDirectoryHandle(id);
      const handle = await folder.getFileHandle(file);
      const { size } = await handle.getFile();
      const writer = await handle.createWritable({ keepExistingData: true });
      await writer.write({ type: 'write', position: Math.floor(size / 2), data: '\n{\n' });
      await writer.close();
    },
    [run, name] as const,
  );
}

describe.skipIf(skip)("faults of the lab's engine in Chromium", () => {
  const engine = useEngine();

  it('loses its GPU under two runs, says so, and goes on with a new one', { timeout: 120_000 }, async () => {
    // Of the recipes f32 has the fewest shaders, which SwiftShader compiles slowly.
    const lost = { ...long, recipe: 'f32', checkpointEvery: 2 };
    const [run, other] = (
      await start(engine.tab, 'webgpu', [{ settings: lost }, { settings: { ...lost, seed: 8 } }])
    ).map((summary) => summary.run) as [string, string];
    for (const each of [run, other]) await untilStep(engine.tab, each, 3);
    await engine.tab.evaluate(() => window.enginePage.destroyDevice());
    for (const each of [run, other]) {
      const { state, savedStep } = await untilState(engine.tab, each, ['failed']);
      expect(state).toMatchObject({ error: { kind: 'device-lost' } });
      expect(savedStep).toBeGreaterThanOrEqual(2);
    }
    const { savedStep } = await untilState(engine.tab, run, ['failed']);
    await engine.tab.evaluate(() => window.enginePage.events.splice(0));
    await request(engine.tab, 'resumeRun', { run });
    await untilStep(engine.tab, run, savedStep + 1);
    expect((await request(engine.tab, 'pauseRun', { run })).step).toBeGreaterThan(savedStep);
    for (const each of [run, other]) await request(engine.tab, 'deleteRun', { run: each });
  });

  it('tells a second tab who has a run, and hands it over when the first lets go', async () => {
    const run = await startOne(engine.tab, 'wasm', long);
    await untilStep(engine.tab, run, 1);
    const second = await engine.browser.openTab();
    const seen = await request(second, 'openRun', { run });
    expect(seen.summary.state).toMatchObject({ type: 'elsewhere' });
    expect(seen.lines.length).toBeGreaterThan(0);
    const refused = await refusal(second, 'resumeRun', { run });
    expect(refused).toMatchObject({ kind: 'in-use' });
    expect(refused.owner).toMatch(/^the tab opened at \d\d:\d\d:\d\d$/);
    expect(await refusal(second, 'deleteRun', { run })).toMatchObject({ kind: 'in-use' });
    const paused = await request(engine.tab, 'pauseRun', { run });
    await request(second, 'resumeRun', { run });
    await untilStep(second, run, paused.step + 1);
    await request(second, 'pauseRun', { run });
    await request(second, 'deleteRun', { run });
    await second.close();
    expect((await request(engine.tab, 'listRuns', {})).runs).not.toContainEqual(
      expect.objectContaining({ run }),
    );
  });

  it('tells a second tab when a run ends in the first, and when the first is closed', async () => {
    const short = await startOne(engine.tab, 'wasm', settings);
    await untilStep(engine.tab, short, 1);
    const second = await engine.browser.openTab();
    const { summary } = await request(second, 'openRun', { run: short });
    expect(summary.state).toMatchObject({ type: 'elsewhere' });
    await untilState(second, short, ['done']);
    const endless = await startOne(second, 'wasm', long);
    await untilState(engine.tab, endless, ['elsewhere']);
    await untilStep(second, endless, 1);
    await second.close();
    await untilState(engine.tab, endless, ['paused']);
    for (const run of [short, endless]) await request(engine.tab, 'deleteRun', { run });
  });

  it('removes what a crash has left of a run, but not what a tab is making', async () => {
    await engine.tab.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const runs = await root.getDirectoryHandle('runs', { create: true });
      for (const id of ['left', 'being-made']) {
        await (
          await runs.getDirectoryHandle(id, { create: true })
        ).getFileHandle('lab.json', { create: true });
      }
      void navigator.locks.request('nibble-lab/run/being-made', () => new Promise(() => {}));
    });
    const left = async (): Promise<string[]> => {
      await request(engine.tab, 'listRuns', {});
      return engine.tab.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        const names: string[] = [];
        for await (const name of (await root.getDirectoryHandle('runs')).keys()) names.push(name);
        return names.filter((name) => name === 'left' || name === 'being-made');
      });
    };
    expect(await left()).toEqual(['being-made']);
    await engine.tab.reload();
    await engine.tab.waitForFunction('window.enginePage');
    expect(await left()).toEqual([]);
  });

  it('lists runs whose files are torn, apart where nothing is known of them, and deletes them', async () => {
    const runs = await start(engine.tab, 'wasm', [
      { name: 'whole', settings },
      { name: 'no config', settings },
      { name: 'no metrics', settings },
    ]);
    for (const { run } of runs) await untilState(engine.tab, run, ['done', 'failed']);
    const [whole, noConfig, noMetrics] = runs.map(({ run }) => run) as [string, string, string];
    await tear(engine.tab, noConfig, 'config.json');
    await tear(engine.tab, noMetrics, 'metrics.jsonl');
    const listed = await request(engine.tab, 'listRuns', {});
    const ids = listed.runs.map(({ run }) => run);
    expect(ids).toContain(whole);
    // What it has learned can still be exported.
    expect(ids).toContain(noMetrics);
    expect(await refusal(engine.tab, 'openRun', { run: noMetrics })).toMatchObject({
      message: expect.stringContaining('no metrics/metrics.jsonl') as string,
    });
    expect(listed.damaged).toEqual([
      {
        run: noConfig,
        name: 'no config',
        error: {
          kind: 'damaged',
          message: expect.stringContaining(
            'no config must be the folder of a run, but its config.json',
          ) as string,
        },
      },
    ]);
    for (const run of [whole, noConfig, noMetrics]) await request(engine.tab, 'deleteRun', { run });
    const left = await request(engine.tab, 'listRuns', {});
    expect(left.damaged).toEqual([]);
    expect(left.runs.filter(({ run }) => ids.includes(run))).toHaveLength(ids.length - 2);
  });

  it('refuses settings that are wrong, a text that is too short, and a batch that fits no buffer', async () => {
    const wrong = { backend: 'wasm', text: ownText, runs: [] } as const;
    expect(
      await refusal(engine.tab, 'startRuns', {
        ...wrong,
        runs: [{ settings: { ...settings, batchSize: 0 } }],
      }),
    ).toEqual({
      kind: 'settings',
      message: 'batchSize must be a whole number from 1 to 65,536, but got 0 (in the settings)',
    });
    const short = { ...wrong, text: { ...ownText, text: 'short' }, runs: [{ settings }] };
    expect(await refusal(engine.tab, 'startRuns', short)).toMatchObject({ kind: 'settings' });
    const run = await startOne(engine.tab, 'webgpu', { ...settings, batchSize: 65_536 });
    const failed = await untilState(engine.tab, run, ['failed']);
    expect(failed.state).toMatchObject({ error: { kind: 'out-of-memory' } });
    await request(engine.tab, 'deleteRun', { run });
  });

  it('says when the disk is full, keeps the last checkpoint, and goes on when there is room', async () => {
    const run = await startOne(engine.tab, 'wasm', long);
    await untilStep(engine.tab, run, 8);
    const devtools = await engine.tab.context().newCDPSession(engine.tab);
    const { origin } = new URL(engine.tab.url());
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    const failed = await untilState(engine.tab, run, ['failed']);
    expect(failed.state).toMatchObject({ error: { kind: 'quota' } });
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    await request(engine.tab, 'resumeRun', { run });
    await engine.tab.evaluate(() => window.enginePage.events.splice(0));
    await untilStep(engine.tab, run, failed.savedStep + 1);
    expect((await request(engine.tab, 'pauseRun', { run })).step).toBeGreaterThan(failed.savedStep);
    await request(engine.tab, 'deleteRun', { run });
  });
});
