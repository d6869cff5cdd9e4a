/** One file without dependencies, to be put on any page. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: fileURLToPath(new URL("../../src/invited/web/button", import.meta.url)),
    emptyOutDir: true,
    lib: { entry: "src/button.ts", formats: ["es"], fileName: () => "button.js" },
  },
});
