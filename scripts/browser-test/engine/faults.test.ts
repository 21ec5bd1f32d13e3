// What can go wrong in the lab's worker, in a headless Chromium.
import { describe, expect, it } from 'vitest';
import { ownText } from './own-text.ts';
import { refusal, request, startOne, untilState, untilStep } from './tab.ts';
import { long, settings, skip, useEngine } from './use-engine.ts';

describe.skipIf(skip)("faults of the lab's engine in Chromium", () => {
  const engine = useEngine();

  it('loses its GPU, says so, and goes on with a new one from the last checkpoint', async () => {
    const run = await startOne(engine.tab, 'webgpu', { ...long, recipe: 'fp4-paper', checkpointEvery: 2 });
    await untilStep(engine.tab, run, 4);
    await engine.tab.evaluate(() => window.enginePage.destroyDevice());
    const failed = await untilState(engine.tab, run, ['failed']);
    expect(failed.state).toMatchObject({ type: 'failed', error: { kind: 'device-lost' } });
    expect(failed.savedStep).toBeGreaterThanOrEqual(2);
    await engine.tab.evaluate(() => window.enginePage.events.splice(0));
    await request(engine.tab, 'resumeRun', { run });
    await untilStep(engine.tab, run, failed.savedStep + 1);
    const paused = await request(engine.tab, 'pauseRun', { run });
    expect(paused.step).toBeGreaterThan(failed.savedStep);
    await request(engine.tab, 'deleteRun', { run });
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
    expect(await request(engine.tab, 'listRuns', {})).not.toContainEqual(expect.objectContaining({ run }));
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
