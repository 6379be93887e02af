import { defineConfig } from 'vite';

/** Bundles the page for people into `dist/playground`, from where the service serves it; no request goes elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  // The page works below any path of a gateway.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/playground',
    emptyOutDir: true,
    rolldownOptions: {
      output: { entryFileNames: 'playground/start.js', assetFileNames: 'playground/style[extname]' },
    },
    // The page's policy allows no inline data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    chunkSizeWarningLimit: 1024,
  },
});
