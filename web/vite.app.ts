/** How both apps are built: one folder each beside the Python code that serves it. */
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import type { UserConfig } from "vite";
import vuetify from "vite-plugin-vuetify";

/** `name` is the path that the app is served under, and its folder. */
export function app(name: string): UserConfig {
  return {
    base: `/${name}/`,
    plugins: [vue(), vuetify({ autoImport: true })],
    build: {
      outDir: fileURLToPath(new URL(`../src/invited/web/${name}`, import.meta.url)),
      emptyOutDir: true,
      // Small files stay files: the policy of the pages forbids data: scripts and fonts.
      assetsInlineLimit: 0,
    },
    server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  };
}
