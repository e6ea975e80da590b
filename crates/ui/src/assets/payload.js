// The payload's editor: checks JSON as one types, marks the line at fault, and shows what the token would contain.
// The server checks the same again; a browser's own JSON.parse would let repeated names pass and round large numbers.

const form = document.querySelector("[data-key-form]");
const editor = form.querySelector("[data-editor]");
const area = editor.querySelector("textarea");
const message = form.querySelector("[data-editor-error]");
const claims = form.querySelector("[data-claims]");
const content = form.querySelector("[data-content]");
const reserved = new Set(editor.dataset.reserved.split(" "));
const LARGEST = 2n ** 63n - 1n;

class Fault extends Error {
  constructor(at, words) {
    super(words);
    this.at = at;
  }
}

/** Reads one JSON value; objects become arrays of [name, value, source], so that order and numbers survive. */
function parse(text) {
  let at = 0;
  const fail = (words, where = at) => {
    throw new Fault(where, words);
  };
  const space = () => {
    while (at < text.length && " \t\n\r".includes(text[at])) at++;
  };
  function string() {
    const start = at++;
    while (text[at] !== '"') {
      if (at >= text.length || text[at] < " ") fail("this text is not closed", start);
      at += text[at] === "\\" ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      return fail("this text has an escape that JSON does not know", start);
    }
  }
  function word() {
    const [found] = /^[^\s,:[\]{}"]*/.exec(text.slice(at));
    if (["true", "false", "null"].includes(found)) at += found.length;
    else if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(found)) {
      if (/^-?\d+$/.test(found) && (BigInt(found) > LARGEST || BigInt(found) < -LARGEST - 1n)) {
        fail("this integer is larger than 2^63-1");
      }
      at += found.length;
    } else fail(found ? `“${found.slice(0, 20)}” is not a JSON value` : "a value is missing");
    return found;
  }
  function list(open, close, item, depth) {
    if (depth > 32) fail("values are nested deeper than 32");
    const items = [];
    const start = at++;
    space();
    if (text[at] === close) {
      at++;
      return items;
    }
    for (;;) {
      space();
      items.push(item(items));
      space();
      if (at >= text.length) fail(`this ${open} is not closed`, start);
      if (text[at] === close) {
        at++;
        return items;
      }
      if (text[at] !== ",") fail(`expected a comma or ${close}`);
      at++;
    }
  }
  function member(depth) {
    return (before) => {
      const start = at;
      if (text[at] !== '"') fail(text[at] === "}" ? "there is a comma too many" : "expected a name in double quotes");
      const name = string();
      if (before.some(([other]) => other === name)) fail(`“${name}” is there twice`, start);
      if (depth === 1 && reserved.has(name)) fail(`“${name}” is reserved`, start);
      space();
      if (text[at] !== ":") fail("expected a colon after the name");
      at++;
      space();
      const from = at;
      const read = value(depth + 1);
      return [name, read, text.slice(from, at)];
    };
  }
  function value(depth) {
    if (text[at] === "{") return { members: list("{", "}", member(depth), depth) };
    if (text[at] === "[") return { items: list("[", "]", () => value(depth + 1), depth) };
    return text[at] === '"' ? { text: string() } : { word: word() };
  }
  space();
  if (text[at] !== "{") fail("the payload must be an object, which begins with {");
  const { members } = value(1);
  space();
  if (at < text.length) fail("there is something after the end of the object");
  if (new TextEncoder().encode(text).length > 65536) fail("the payload is larger than 64 KiB", 0);
  return members;
}

const gutter = document.createElement("div");
gutter.className = "gutter";
gutter.setAttribute("aria-hidden", "true");
editor.prepend(gutter);

function number(fault) {
  const lines = area.value.split("\n").length;
  gutter.replaceChildren(
    ...Array.from({ length: lines }, (_, line) => {
      const mark = document.createElement("span");
      mark.textContent = line + 1;
      if (line + 1 === fault) mark.className = "fault";
      return mark;
    }),
  );
  gutter.style.height = `${area.offsetHeight}px`;
  gutter.scrollTop = area.scrollTop;
}

function phrase(value, source) {
  if (value.text !== undefined) return value.text;
  const flat = value.items?.every((item) => item.text !== undefined || item.word !== undefined);
  return flat ? value.items.map((item) => item.text ?? item.word).join(", ") : source;
}

function field(name) {
  return form.elements[name]?.value.trim() ?? "";
}

function seconds(day) {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? "null" : String(at / 1000);
}

function preview(members) {
  claims.replaceChildren(
    ...members.flatMap(([name, value, source]) => {
      const [term, description] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      description.textContent = phrase(value, source);
      return [term, description];
    }),
  );
  const text = JSON.stringify;
  const { issuer, organization, subject, revision } = content.dataset;
  const customer = form.dataset.customer ?? field("customerOrganizationId");
  const lic = [`"seq": ${revision}`, `"grace": ${(parseInt(field("graceDays"), 10) || 0) * 86400}`];
  if (customer) lic.push(`"cus": ${text(customer)}`);
  lic.push(`"name": ${text(form.dataset.name ?? field("name"))}`);
  const lines = [
    `"iss": ${text(issuer)}`,
    `"sub": ${text(subject)}`,
    `"aud": [\n    "license-key"\n  ]`,
    `"iat": "(when saved)"`,
    `"nbf": ${seconds(field("notBefore"))}`,
    `"exp": ${seconds(field("expiresAt"))}`,
    `"jti": "(given when saved)"`,
    `"org": ${text(organization)}`,
    `"lic": {\n    ${lic.join(",\n    ")}\n  }`,
    ...members.map(([name, , source]) => `${text(name)}: ${source}`),
  ];
  content.querySelector("code").textContent = `{\n  ${lines.join(",\n  ")}\n}`;
}

function check() {
  let fault;
  try {
    preview(parse(area.value));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = area.value.slice(0, error.at).split("\n").length;
    message.textContent = `Line ${fault}: ${error.message}.`;
  }
  if (!fault) message.textContent = "";
  if (fault) area.setAttribute("aria-invalid", "true");
  else area.removeAttribute("aria-invalid");
  number(fault);
}

area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
new ResizeObserver(() => (gutter.style.height = `${area.offsetHeight}px`)).observe(area);
form.addEventListener("input", check);
area.addEventListener("keydown", (event) => {
  // Tab must go on leaving the field, so only Enter keeps the indentation.
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const before = area.value.slice(0, area.selectionStart);
  const [indent] = /^[ \t]*/.exec(before.slice(before.lastIndexOf("\n") + 1));
  area.setRangeText(`\n${indent}${/[{[]\s*$/.test(before) ? "  " : ""}`, area.selectionStart, area.selectionEnd, "end");
  check();
});
if (message.textContent === "") check();
else number(Number(/^Line (\d+)/.exec(message.textContent)?.[1]));
