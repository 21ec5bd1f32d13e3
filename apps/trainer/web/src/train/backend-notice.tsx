import type { VNode } from 'preact';
import { useLab } from '../state/lab-context.ts';
import { browserOf, webGpuAdvice } from './webgpu-advice.ts';

/** What the page or its browser lacks: a secure address; WebGPU, with what to do about it; WebAssembly; a place to keep runs. */
export function BackendNotice(): VNode | null {
  const capabilities = useLab().capabilities.value;
  if (capabilities === undefined) return null;
  const { isSecure, webgpu, wasm, hasStorage } = capabilities;
  if (!isSecure) return <InsecureNotice />;
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
      {!hasStorage && (
        <p class="notice error" role="alert">
          This browser lets the page keep no files, as private windows may. Runs need a place to be kept: open
          the page in an ordinary window.
        </p>
      )}
    </>
  );
}

function InsecureNotice(): VNode {
  const { hostname, port } = location;
  const here = port === '' ? '8080' : port;
  return (
    <section class="notice error" aria-labelledby="insecure">
      <h2 id="insecure">Nothing can be trained at this address</h2>
      <p>
        Over plain http, browsers give a page of another machine no GPU and no place to keep runs. Open it
        over https; or with the command{' '}
        <code>{`ssh -L ${here}:localhost:${port === '' ? '80' : port} ${hostname}`}</code> take it to your own
        machine, and open <code>{`http://localhost:${here}`}</code> while that runs.
      </p>
    </section>
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
