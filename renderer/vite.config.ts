import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;
const pages = ['desk', 'kiosk', 'board', 'feedback'];

/** The voice pack keeps its file names, so that an office can lay its own recordings over it. */
function voicePack(): Plugin {
  const folder = path.join(here, '../resources/voice/vi');
  return {
    name: 'voice-pack',
    apply: 'build',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        if (name.endsWith('.opus'))
          this.emitFile({ type: 'asset', fileName: `voice/vi/${name}`, source: readFileSync(path.join(folder, name)) });
      }
    },
  };
}

export default defineConfig({
  root: here,
  // Relative, so that the same files work under `app://` and under `/`.
  base: './',
  plugins: [react(), voicePack()],
  publicDir: false,
  // Tests build the screens under their own NODE_ENV; what is served is React's production build all the same.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: path.join(here, '../dist/renderer'),
    emptyOutDir: true,
    // `font-src 'self'` and `img-src` of the policy: nothing is inlined as a data: address.
    assetsInlineLimit: 0,
    // Hall panels are televisions whose browser is years old: webOS 5 and Tizen 5.5 of 2020 carry Chrome 68 and 69. What the
    // language lacks there is rewritten; what the library lacks is in `shared/old.ts`.
    target: ['chrome68', 'firefox63', 'safari12.1'],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: { input: Object.fromEntries(pages.map((page) => [page, path.join(here, `${page}.html`)])) },
  },
});
