import { render } from "preact";
import "../style/desk.css";
import "./gallery.css";
import { gallery } from "./Gallery.tsx";

const asked = new URLSearchParams(location.search);
const theme = asked.get("theme");
if (theme) document.documentElement.dataset.theme = theme;
render(gallery(asked.get("state")), document.getElementById("app")!);
