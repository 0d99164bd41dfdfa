/**
 * How is one page built and served in development? `--mode phone`, `desk` or `docs` picks it. The gallery of its states,
 * `--mode phone-states`, is built on its own: what it needs must not decide how the page itself is cut into files.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const port: Record<string, number> = { phone: 5173, desk: 5174, docs: 5175 };

export default defineConfig(({ mode }) => {
  const [page = "", states] = mode.split("-");
  if (!(page in port)) throw new Error(`unknown page "${mode}": build with --mode phone, desk or docs`);
  const server = process.env.WARMLINE_URL ?? "http://localhost:8000";
  return {
    root: here(`./${page}`),
    base: `/${page}/`,
    build: {
      outDir: here(`../app/static/dist/${page}`),
      emptyOutDir: states === undefined,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: here(`./${page}/${states ?? "index"}.html`) },
    },
    server: { port: port[page]!, strictPort: true, proxy: { "/v1": { target: server, ws: true }, "/openapi.json": server, "/asyncapi.json": server } },
  };
});
