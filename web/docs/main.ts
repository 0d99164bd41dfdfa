/** What does the API offer? Draws /openapi.json with Swagger UI, without a request to anywhere else. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import "../shared/tokens.css";
import "./docs.css";

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = (): boolean => document.documentElement.classList.toggle("dark-mode", dark.matches);
theme();
dark.addEventListener("change", theme);

SwaggerUI({
  url: "/openapi.json",
  domNode: document.getElementById("reference"),
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
});
