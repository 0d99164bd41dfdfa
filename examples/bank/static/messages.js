// The customer's text messages, the newest first, as soon as they are sent.

const EVERY_MS = 1000;
const customer = new URLSearchParams(location.search).get("customer") ?? "maya";
const part = (id) => document.getElementById(id);
const seen = new Set();
let first = true;

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function chip(person) {
  const link = document.createElement("a");
  link.className = "chip";
  link.href = `?customer=${encodeURIComponent(person.id)}`;
  link.textContent = person.name.split(" ")[0];
  if (person.id === customer) link.setAttribute("aria-current", "page");
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function bubble({ text, code, at }) {
  const item = part("message").content.cloneNode(true).firstElementChild;
  const strong = document.createElement("strong");
  strong.className = "message__code";
  strong.textContent = code;
  const [before, ...after] = text.split(code);
  item.querySelector(".message__bubble").append(before, strong, after.join(code));
  const time = item.querySelector("time");
  time.dateTime = at;
  time.textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const copy = item.querySelector(".copy");
  copy.setAttribute("aria-label", `Copy code ${code}`);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code);
    copy.textContent = "Copied";
  });
  if (!first) item.classList.add("message--new");
  return item;
}

function show(items) {
  const fresh = items.filter(({ id }) => !seen.has(id));
  for (const message of fresh.toReversed()) {
    seen.add(message.id);
    part("messages").prepend(bubble(message));
    if (!first) part("news").textContent = message.text;
  }
  part("empty").hidden = items.length > 0;
  first = false;
}

async function look() {
  try {
    const { customer: person, items } = await load(`messages.json?customer=${encodeURIComponent(customer)}`);
    part("whose").textContent = `Text messages to ${person.name}`;
    show(items);
    part("trouble").hidden = true;
  } catch {
    part("trouble").hidden = false;
  }
  setTimeout(look, EVERY_MS);
}

async function start() {
  try {
    const { items } = await load("customers");
    part("people").replaceChildren(...items.map(chip));
  } catch {
    setTimeout(start, EVERY_MS);
  }
}

start();
look();
