import { defineConfig } from 'vitest/config';
import { kernelTests, swiftShaderUnderTest } from './scripts/swiftshader-test/kernel-tests.ts';
import { vulkanEnvironment } from './scripts/system/find-swiftshader.ts';

// Tests run on the sources: every workspace package exports `src/` under this condition.
const conditions = ['@nibble-ml/source', 'node', 'import', 'default'];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };
const exclude = ['**/dist/**', '**/node_modules/**'];

const swiftShader = swiftShaderUnderTest();

// Where colors are forced, as in many a CI, tests of what is printed would see them.
delete process.env['FORCE_COLOR'];

export default defineConfig({
  resolve,
  ssr,
  test: {
    // One process per test file: a WebGPU device and the tfjs engine are process-wide.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NO_COLOR: '1' },
    // tfjs advertises its native backend in every process.
    onConsoleLog: (log) => !log.includes('running TensorFlow.js in Node.js'),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/{src,test,web}/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: [
            '**/*.slow.test.ts',
            'scripts/browser-test/**',
            'scripts/swiftshader-test/adapter.test.ts',
            'scripts/package-test/packages.test.ts',
            'scripts/docs/examples.test.ts',
            ...exclude,
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'swiftshader',
          include: [
            'scripts/swiftshader-test/adapter.test.ts',
            ...(swiftShader === undefined ? [] : kernelTests()),
          ],
          env:
            swiftShader === undefined
              ? {}
              : {
                  ...vulkanEnvironment(swiftShader),
                  NIBBLE_TEST_SWIFTSHADER: swiftShader,
                  NIBBLE_SKIP_BACKENDS: 'cpu,wasm',
                },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['scripts/browser-test/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts'],
          // What is waited for is in another process, on a machine that may be busy.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        extends: true,
        test: { name: 'docs', include: ['scripts/docs/examples.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['scripts/package-test/packages.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['{packages,apps}/*/{src,test,web}/**/*.slow.test.ts', 'scripts/**/*.slow.test.ts'],
          exclude,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
