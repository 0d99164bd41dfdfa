import { render } from "preact";
import "./style/desk.css";
import { App } from "./views/App.tsx";

render(<App />, document.getElementById("app")!);
