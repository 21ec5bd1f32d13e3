import type { VNode } from 'preact';
import { useLab } from '../state/lab-context.ts';
import { browserOf, webGpuAdvice } from './webgpu-advice.ts';

/** What this browser lacks: WebGPU, with what to do about it; WebAssembly; a place to keep runs. */
export function BackendNotice(): VNode | null {
  const capabilities = useLab().capabilities.value;
  if (capabilities === undefined) return null;
  const { webgpu, wasm, storage } = capabilities;
  return (
    <>
      {!webgpu.available && (
        <section class="notice info" aria-labelledby="no-webgpu">
          <h2 id="no-webgpu">No WebGPU here</h2>
          <p>
            {webgpu.message}{' '}
            {wasm.available
              ? `Runs train with WebAssembly on the CPU instead${wasm.relaxedSimd ? '' : ', without relaxed SIMD'}: slower, to the same bits.`
              : 'This browser has no WebAssembly with SIMD either, so nothing can be trained in it. Take a newer one.'}
          </p>
          <Advice />
        </section>
      )}
      {webgpu.available && webgpu.software && (
        <p class="notice info">
          The WebGPU adapter, {webgpu.adapter}, computes on the CPU, where WebAssembly is faster. Runs train
          with WebAssembly unless you choose WebGPU under More settings.
        </p>
      )}
      {!storage.available && (
        <p class="notice error" role="alert">
          This browser lets the page keep no files, as private windows may. Runs need a place to be kept: open
          the page in an ordinary window.
        </p>
      )}
    </>
  );
}

function Advice(): VNode {
  const own = browserOf(navigator.userAgent);
  const others = webGpuAdvice.filter(({ browser }) => browser !== own);
  return (
    <>
      {webGpuAdvice
        .filter(({ browser }) => browser === own)
        .map(({ browser, advice }) => (
          <p key={browser}>
            <b>{browser}:</b> {advice}
          </p>
        ))}
      <details>
        <summary>
          {others.length === webGpuAdvice.length ? 'What to do, by browser' : 'Other browsers'}
        </summary>
        <dl>
          {others.map(({ browser, advice }) => (
            <div key={browser}>
              <dt>{browser}</dt>
              <dd>{advice}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
