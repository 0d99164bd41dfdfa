/** How is one page built and served in development? `--mode phone`, `desk` or `docs` picks it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const port: Record<string, number> = { phone: 5173, desk: 5174, docs: 5175 };

export default defineConfig(({ mode }) => {
  if (!(mode in port)) throw new Error(`unknown page "${mode}": build with --mode phone, desk or docs`);
  const server = process.env.WARMLINE_URL ?? "http://localhost:8000";
  const pages = ["index", "states"].map((page) => here(`./${mode}/${page}.html`)).filter((path) => existsSync(path));
  return {
    root: here(`./${mode}`),
    base: `/${mode}/`,
    build: {
      outDir: here(`../app/static/dist/${mode}`),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages },
    },
    server: { port: port[mode]!, strictPort: true, proxy: { "/v1": { target: server, ws: true }, "/openapi.json": server, "/asyncapi.json": server } },
  };
});
